package io.varve.server;

import io.varve.server.command.Command;
import io.varve.server.commands.AclCommands;
import io.varve.server.commands.BitmapCommands;
import io.varve.server.commands.ClientCommands;
import io.varve.server.commands.ClusterCommands;
import io.varve.server.commands.CommandCommands;
import io.varve.server.commands.ConfigCommands;
import io.varve.server.commands.ConnectionCommands;
import io.varve.server.commands.DebugCommands;
import io.varve.server.commands.DumpCommands;
import io.varve.server.commands.ExpiryCommands;
import io.varve.server.commands.FieldExpiryCommands;
import io.varve.server.commands.GeoCommands;
import io.varve.server.commands.HashCommands;
import io.varve.server.commands.HyperLogLogCommands;
import io.varve.server.commands.KeyCommands;
import io.varve.server.commands.KeyspaceCommands;
import io.varve.server.commands.LatencyCommands;
import io.varve.server.commands.ListCommands;
import io.varve.server.commands.LolwutCommand;
import io.varve.server.commands.MemoryCommands;
import io.varve.server.commands.ModuleCommands;
import io.varve.server.commands.MonitorCommand;
import io.varve.server.commands.ObjectCommands;
import io.varve.server.commands.PubSubCommands;
import io.varve.server.commands.ReplicationCommands;
import io.varve.server.commands.ServerCommands;
import io.varve.server.commands.SetCommands;
import io.varve.server.commands.SlowlogCommands;
import io.varve.server.commands.SortCommands;
import io.varve.server.commands.SortedSetCommands;
import io.varve.server.commands.StreamCommands;
import io.varve.server.commands.StringCommands;
import io.varve.server.commands.TransactionCommands;
import io.varve.server.commands.VarveCommands;
import io.varve.server.script.FunctionCommands;
import io.varve.server.script.Functions;
import io.varve.server.script.ScriptCommands;
import io.varve.server.script.Scripts;
import java.util.List;
import java.util.stream.Stream;

/// All commands there are.
public final class CommandFamilies {

  private CommandFamilies() {}

  /// Every top-level command, for who only wants to know what there is.
  public static List<Command> described() {
    Scripts none = new Scripts();
    return all(none, new Functions(none));
  }

  /// Every top-level command, family by family.
  ///
  /// @param scripts where scripts are kept and run
  /// @param functions where functions are kept
  public static List<Command> all(Scripts scripts, Functions functions) {
    return Stream.of(
            StringCommands.table(),
            ListCommands.table(),
            HashCommands.table(),
            FieldExpiryCommands.table(),
            SortedSetCommands.table(),
            SortCommands.table(),
            BitmapCommands.table(),
            HyperLogLogCommands.table(),
            SetCommands.table(),
            GeoCommands.table(),
            KeyCommands.table(),
            DumpCommands.table(),
            ExpiryCommands.table(),
            KeyspaceCommands.table(),
            StreamCommands.table(),
            ObjectCommands.table(),
            TransactionCommands.table(),
            ScriptCommands.table(scripts),
            FunctionCommands.table(scripts, functions),
            ConnectionCommands.table(),
            ClientCommands.table(),
            PubSubCommands.table(),
            MonitorCommand.table(),
            ReplicationCommands.table(),
            ClusterCommands.table(),
            ModuleCommands.table(),
            LolwutCommand.table(),
            ServerCommands.table(),
            CommandCommands.table(),
            ConfigCommands.table(),
            SlowlogCommands.table(),
            LatencyCommands.table(),
            MemoryCommands.table(ObjectCommands.memoryUsageCommand()),
            AclCommands.table(),
            DebugCommands.table(),
            VarveCommands.table())
        .flatMap(List::stream)
        .toList();
  }
}
