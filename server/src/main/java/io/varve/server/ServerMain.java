package io.varve.server;

import io.varve.server.cli.VarveMain;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/// The program: the command line, with this server for `serve`.
public final class ServerMain {

  private ServerMain() {}

  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(VarveMain.run(Server::start, out, err, arguments));
  }
}
