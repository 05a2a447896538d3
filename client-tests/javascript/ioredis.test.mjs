// What users of ioredis do with a server, once in each version of the protocol.
// HOST and PORT say where the server is; its data are deleted.
import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, beforeEach, describe, test } from "node:test";
import Redis from "ioredis";

const server = { host: process.env.HOST ?? "127.0.0.1", port: Number(process.env.PORT) };

for (const protocol of [2, 3]) {
  describe(`ioredis speaks RESP${protocol}`, () => {
    const opened = [];
    let redis;

    function open() {
      const client = new Redis({ ...server, protocol, maxRetriesPerRequest: 0 });
      opened.push(client);
      return client;
    }

    beforeEach(async () => {
      redis = open();
      await redis.flushall();
    });

    afterEach(() => {
      opened.splice(0).forEach((client) => client.disconnect());
    });

    test("the protocol is the one that was asked for", async () => {
      const info = await redis.client("INFO");
      assert.match(info, new RegExp(`resp=${protocol}`));
    });

    test("strings and bits", async () => {
      assert.equal(await redis.set("s", "wört", "EX", 100, "NX"), "OK");
      assert.equal(await redis.set("s", "other", "NX"), null);
      assert.equal(await redis.get("s"), "wört");
      assert.deepEqual(await redis.getBuffer("s"), Buffer.from("wört"));
      assert.equal(await redis.incrby("n", 41), 41);
      assert.equal(await redis.incrbyfloat("n", 0.5), "41.5");
      assert.deepEqual(await redis.mget("s", "none", "n"), ["wört", null, "41.5"]);
      assert.equal(await redis.setbit("bits", 100, 1), 0);
      assert.equal(await redis.bitcount("bits"), 1);
      assert.deepEqual(await redis.bitfield("bits", "GET", "u8", 96), [8]);
    });

    test("keys and expiry", async () => {
      await redis.mset("a", "1", "b", "2");
      assert.equal(await redis.expire("a", 100), 1);
      assert.equal(await redis.ttl("a"), 100);
      assert.equal(await redis.persist("a"), 1);
      assert.equal(await redis.rename("a", "c"), "OK");
      assert.deepEqual((await redis.keys("*")).sort(), ["b", "c"]);
      assert.equal(await redis.unlink("b", "c", "none"), 2);
      assert.equal(await redis.dbsize(), 0);
    });

    test("hashes", async () => {
      assert.equal(await redis.hset("h", { a: "1", b: "2" }), 2);
      assert.deepEqual(await redis.hgetall("h"), { a: "1", b: "2" });
      assert.deepEqual(await redis.hmget("h", "a", "none"), ["1", null]);
      assert.equal(await redis.hincrby("h", "a", 5), 6);
      assert.equal(await redis.hdel("h", "a", "b"), 2);
      assert.equal(await redis.exists("h"), 0);
    });

    test("lists", async () => {
      assert.equal(await redis.rpush("l", "a", "b", "c"), 3);
      assert.deepEqual(await redis.lrange("l", 0, -1), ["a", "b", "c"]);
      assert.equal(await redis.lmove("l", "m", "LEFT", "RIGHT"), "a");
      assert.equal(await redis.linsert("l", "BEFORE", "c", "x"), 3);
      assert.deepEqual(await redis.rpop("l", 2), ["c", "x"]);
    });

    test("sets", async () => {
      assert.equal(await redis.sadd("s", "a", "b", "c"), 3);
      assert.equal(await redis.sadd("t", "b"), 1);
      assert.deepEqual((await redis.smembers("s")).sort(), ["a", "b", "c"]);
      assert.deepEqual((await redis.sdiff("s", "t")).sort(), ["a", "c"]);
      assert.equal(await redis.sismember("s", "a"), 1);
    });

    test("sorted sets and places", async () => {
      assert.equal(await redis.zadd("z", 1, "a", 2.5, "b"), 2);
      assert.deepEqual(await redis.zrange("z", 0, -1, "WITHSCORES"), ["a", "1", "b", "2.5"]);
      assert.equal(await redis.zscore("z", "b"), "2.5");
      assert.equal(await redis.zrevrank("z", "a"), 1);
      assert.deepEqual(await redis.zpopmax("z"), ["b", "2.5"]);
      await redis.geoadd("g", 13.361389, 38.115556, "Palermo", 15.087269, 37.502669, "Catania");
      assert.equal(Number(await redis.geodist("g", "Palermo", "Catania", "km")), 166.2742);
      assert.deepEqual(
        await redis.geosearch("g", "FROMLONLAT", 15, 37, "BYRADIUS", 100, "km"),
        ["Catania"],
      );
    });

    test("counting without keeping", async () => {
      assert.equal(await redis.pfadd("p", "a", "b", "c"), 1);
      assert.equal(await redis.pfcount("p"), 3);
    });

    test("streams and groups of readers", async () => {
      const id = await redis.xadd("x", "*", "field", "value");
      assert.deepEqual(await redis.xrange("x", "-", "+"), [[id, ["field", "value"]]]);
      await redis.xgroup("CREATE", "x", "readers", "0");
      const read = await redis.xreadgroup("GROUP", "readers", "me", "STREAMS", "x", ">");
      assert.deepEqual(read, [["x", [[id, ["field", "value"]]]]]);
      assert.equal((await redis.xpending("x", "readers"))[0], 1);
      assert.equal(await redis.xack("x", "readers", id), 1);
      assert.equal(await redis.xlen("x"), 1);
    });

    test("a pipeline is answered in order, with errors where they belong", async () => {
      const pipeline = redis.pipeline();
      for (let i = 0; i < 1000; i++) {
        pipeline.set(`key${i}`, i);
      }
      const replies = await pipeline.lpush("key1", "x").get("key999").exec();
      assert.equal(replies.length, 1002);
      assert.match(replies[1000][0].message, /^WRONGTYPE/);
      assert.deepEqual(replies[1001], [null, "999"]);
    });

    test("a transaction does nothing if a watched key was changed", async () => {
      const other = open();
      await redis.watch("watched");
      await other.set("watched", "by another");
      assert.equal(await redis.multi().set("watched", "mine").exec(), null);
      await redis.watch("watched");
      const replies = await redis.multi().get("watched").incr("n").exec();
      assert.deepEqual(replies, [[null, "by another"], [null, 1]]);
    });

    test("subscribers hear what is published", async () => {
      const listening = open();
      assert.equal(await listening.subscribe("news"), 1);
      assert.equal(await listening.psubscribe("n*"), 2);
      const message = once(listening, "message");
      const matched = once(listening, "pmessage");
      assert.equal(await redis.publish("news", "hello"), 2);
      assert.deepEqual(await message, ["news", "hello"]);
      assert.deepEqual(await matched, ["n*", "news", "hello"]);
      await listening.unsubscribe("news");
      await listening.punsubscribe("n*");
      assert.equal(await listening.ping(), "PONG");
    });

    test("a blocked client is served", async () => {
      const waiting = open();
      const popped = waiting.blpop("none", "jobs", 20);
      const least = open().bzpopmin("ranks", 20);
      await redis.rpush("jobs", "job");
      await redis.zadd("ranks", 1.5, "first");
      assert.deepEqual(await popped, ["jobs", "job"]);
      assert.deepEqual((await least).map(String), ["ranks", "first", "1.5"]);
      assert.equal(await waiting.blpop("jobs", 0.01), null);
    });

    test("scripts are sent once and then named", async () => {
      redis.defineCommand("appendAll", {
        numberOfKeys: 1,
        lua: "for _, v in ipairs(ARGV) do redis.call('RPUSH', KEYS[1], v) end return redis.call('LLEN', KEYS[1])",
      });
      assert.equal(await redis.appendAll("l", "a", "b"), 2);
      assert.equal(await redis.appendAll("l", "c"), 3);
      assert.deepEqual(await redis.eval("return {1, 'two', {3}}", 0), [1, "two", [3]]);
      await assert.rejects(redis.eval("return redis.call('GET', KEYS[1])", 1, "l"), /WRONGTYPE/);
      await redis.function(
        "LOAD",
        "REPLACE",
        "#!lua name=lib\nredis.register_function('twice', function(k, a) return 2 * a[1] end)",
      );
      assert.equal(await redis.fcall("twice", 0, 21), 42);
      await redis.function("DELETE", "lib");
    });

    test("SCAN and its kin find everything", async () => {
      const wanted = [];
      const fields = {};
      for (let i = 0; i < 1500; i++) {
        wanted.push(`key:${i}`);
        fields[`field:${i}`] = `${i}`;
      }
      await redis.mset(...wanted.flatMap((key) => [key, "v"]));
      await redis.hset("hash", fields);
      const found = new Set();
      for await (const keys of redis.scanStream({ match: "key:*", count: 100 })) {
        keys.forEach((key) => found.add(key));
      }
      assert.deepEqual([...found].sort(), wanted.sort());
      const scanned = {};
      for await (const page of redis.hscanStream("hash")) {
        for (let i = 0; i < page.length; i += 2) {
          scanned[page[i]] = page[i + 1];
        }
      }
      assert.deepEqual(scanned, fields);
    });

    test("the server describes itself", async () => {
      assert.match(await redis.info("server"), /redis_version:7\./);
      assert.equal(await redis.client("SETNAME", "smoke"), "OK");
      assert.match(await redis.client("LIST"), /name=smoke/);
      assert.equal((await redis.command("COUNT")) > 200, true);
      await assert.rejects(redis.call("NOSUCH", "x"), /unknown command 'NOSUCH'/);
      await assert.rejects(redis.cluster("INFO"), /cluster support disabled/);
    });
  });
}
