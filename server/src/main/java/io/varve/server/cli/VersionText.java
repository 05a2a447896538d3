package io.varve.server.cli;

import io.varve.server.command.ServerIdentity;
import picocli.CommandLine.IVersionProvider;

/// What `--version` prints.
final class VersionText implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {
      "varve "
          + version()
          + " (speaks as Redis "
          + ServerIdentity.REDIS_VERSION
          + "; Java "
          + Runtime.version()
          + ")"
    };
  }

  /// Version of the jar; classes that come from no jar have none.
  static String version() {
    String packaged = VersionText.class.getPackage().getImplementationVersion();
    return packaged == null ? "unpackaged" : packaged;
  }
}
