package io.varve.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.varve.engine.RoomTable;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The server is built as `docs/internals/rooms.md` says.
class ServerRoomsTest {

  private static final List<String> NOTHING = List.of();

  private final RoomTable table = RoomTable.read();
  private final JavaClasses classes = RoomTable.mainClasses("server");

  @Test
  void everyPackageIsInTheTable() {
    assertEquals(NOTHING, table.unknownRooms(classes));
  }

  @Test
  void roomsUseOnlyWhatTheTableAllows() {
    assertEquals(NOTHING, table.forbiddenUses(classes));
  }

  @Test
  void hotRoomsUseNothingThatAllocatesBehindOnesBack() {
    assertEquals(NOTHING, table.coldUsesInHotRooms(classes));
  }

  @Test
  void everyPackageIsNullMarked() {
    assertEquals(NOTHING, table.roomsWithoutNullMarked(classes));
  }
}
