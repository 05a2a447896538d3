package io.varve.protocol;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The protocol is built as `docs/internals/rooms.md` says: one room that knows no other.
class ProtocolRoomsTest {

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("test-classes"))
          .importPackages("io.varve");

  @Test
  void theOnlyRoomIsTheProtocol() {
    ArchRuleDefinition.classes().should().resideInAPackage("io.varve.protocol").check(classes);
  }

  @Test
  void usesNettyBuffersAndNothingElseOfNetty() {
    ArchRuleDefinition.noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.varve.engine..", "io.varve.server..", "io.netty.channel..", "io.netty.handler..")
        .check(classes);
  }

  @Test
  void usesNothingThatAllocatesBehindOnesBack() {
    ArchRuleDefinition.noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.stream..", "java.util.regex..")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.util\\.Optional.*")
        .check(classes);
  }

  @Test
  void isNullMarked() throws ClassNotFoundException {
    Class<?> room = Class.forName("io.varve.protocol.package-info");
    assertTrue(room.isAnnotationPresent(NullMarked.class));
  }
}
