package io.varve.bench;

import io.varve.bench.records.Records;
import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;

/// One kind of request. Called by many threads.
interface Operation {

  /// Adds the request of a number to what will be sent.
  void send(RespClient client, long number) throws IOException;

  /// Whether the reply is what the request of that number must get.
  boolean isRight(Reply reply, long number);

  /// Writes the keys of a load.
  static Operation set(Records records, String prefix, Order order) {
    byte[] set = {'S', 'E', 'T'};
    Reply ok = new Reply.Simple("OK");
    return new Operation() {
      @Override
      public void send(RespClient client, long number) throws IOException {
        long record = order.record(number);
        client.send(set, Records.key(prefix, record), records.value(record));
      }

      @Override
      public boolean isRight(Reply reply, long number) {
        return reply.equals(ok);
      }
    };
  }

  /// Reads keys of a load.
  static Operation get(Records records, String prefix, Order order) {
    byte[] get = {'G', 'E', 'T'};
    return new Operation() {
      @Override
      public void send(RespClient client, long number) throws IOException {
        client.send(get, Records.key(prefix, order.record(number)));
      }

      @Override
      public boolean isRight(Reply reply, long number) {
        return reply instanceof Reply.Bulk bulk
            && records.isValue(order.record(number), bulk.bytes());
      }
    };
  }

  /// From the number of a request to that of its record.
  @FunctionalInterface
  interface Order {
    long record(long number);
  }
}
