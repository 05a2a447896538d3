package io.varve.server;

import io.varve.server.acl.Acl;
import io.varve.server.acl.AclRuleException;
import io.varve.server.acl.AclUser;
import io.varve.server.command.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file with one user in a line (`aclfile`). Read and written as a whole or not at all.
record AclFile(Path file, Acl acl) {

  private static final Logger LOG = LoggerFactory.getLogger(AclFile.class);

  /// Has the users of the file.
  ///
  /// @throws CommandException saying what is wrong and where; then all is as it was
  void load() {
    try {
      acl.replaceAll(acl.parse(Files.readAllLines(file)));
    } catch (AclRuleException wrong) {
      throw new CommandException(
          "ERR "
              + file
              + ":"
              + wrong.reason()
              + ". WARNING: ACL errors detected, no change to the previously active ACL rules was"
              + " performed");
    } catch (IOException unreadable) {
      throw new CommandException(
          "ERR Error loading ACLs, opening file '" + file + "': " + unreadable.getMessage());
    }
  }

  /// Writes the users beside the file and puts that in its place.
  ///
  /// @throws CommandException if it cannot
  void save() {
    List<String> lines = new ArrayList<>();
    for (AclUser user : acl.users()) {
      lines.add(user.describe());
    }
    try {
      Path beside = file.resolveSibling(file.getFileName() + ".tmp");
      Files.write(beside, lines);
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failed) {
      LOG.warn("the users could not be saved to {}: {}", file, failed.getMessage());
      throw new CommandException(
          "ERR There was an error trying to save the ACLs. Please check the server logs for more"
              + " information");
    }
  }
}
