package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.FAST;
import static io.varve.server.command.CommandFlag.READONLY;

import io.varve.server.command.Command;
import io.varve.server.command.Invocation;
import io.varve.server.command.ServerIdentity;
import java.util.List;
import java.util.Random;

/// LOLWUT: a picture and the version. Ours is a section through sediment, another one each second.
public final class LolwutCommand {

  private static final int COLUMNS = 64;
  private static final int LAYERS = 12;
  private static final String GRAINS = " .:-=+*#%@";

  private LolwutCommand() {}

  public static List<Command> table() {
    return List.of(
        Command.define("lolwut", -1, LolwutCommand::draw)
            .flags(READONLY, FAST)
            .group("server")
            .since("5.0.0")
            .summary("Draws a picture.")
            .build());
  }

  private static void draw(Invocation in) {
    Random random = new Random(in.nowMillis() / 1000);
    StringBuilder text = new StringBuilder(LAYERS * (COLUMNS + 1));
    double phase = random.nextDouble() * 6;
    for (int layer = 0; layer < LAYERS; layer++) {
      int grain = random.nextInt(GRAINS.length());
      for (int column = 0; column < COLUMNS; column++) {
        double wave = Math.sin(column / 9.0 + phase) * 1.5 + random.nextDouble();
        int shade = Math.clamp(grain + (int) wave, 0, GRAINS.length() - 1);
        text.append(GRAINS.charAt(shade));
      }
      text.append('\n');
    }
    text.append("\nRedis ver. ").append(ServerIdentity.REDIS_VERSION).append('\n');
    in.reply().verbatim("txt", text.toString());
  }
}
