package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.IsRunningStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/// The image that `scripts/docker-image` builds, run as nobody on a read-only root file system with
/// its data in a volume: it is healthy, serves clients and metrics, and a killed container loses
/// nothing that was acknowledged.
///
/// Skipped, by name, where no Docker engine answers (`scripts/with-docker scripts/test` starts one).
class ContainerIT {

  private static final String IMAGE = "varve:it";
  private static final int REDIS_PORT = 6379;
  private static final int ADMIN_PORT = 9121;
  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final int KEYS_BEFORE_KILL = 2000;

  private static String volume;

  @BeforeAll
  static void buildImage() throws IOException, InterruptedException {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      System.out.println(
          "ContainerIT is skipped: no Docker engine answers (scripts/with-docker scripts/test)");
      Assumptions.abort("no Docker engine answers");
    }
    Path root = repository();
    Path log = Files.createTempFile("varve-image", ".log");
    ProcessBuilder build = new ProcessBuilder("scripts/docker-image", IMAGE);
    build.directory(root.toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
    if (System.getProperty("varve.distribution") != null) {
      // What Maven has just packed goes into the image.
      build.environment().put("VARVE_BUILD", "no");
    }
    Process process = build.start();
    boolean ended = process.waitFor(10, TimeUnit.MINUTES);
    assertTrue(ended && process.exitValue() == 0, Files.readString(log));
    Files.delete(log);
    volume = "varve-it-" + UUID.randomUUID();
  }

  @AfterAll
  static void removeVolume() {
    if (volume != null) {
      docker().removeVolumeCmd(volume).exec();
    }
  }

  @Test
  void aKilledContainerLosesNothingThatWasAcknowledged() throws Exception {
    AtomicLong acknowledged = new AtomicLong();
    try (GenericContainer<?> container = container()) {
      container.start();
      assertRunsAsNobodyOnAReadOnlyRoot(container);
      assertServesMetrics(container);
      writeUntilKilled(container, acknowledged);
    }
    try (GenericContainer<?> again = container()) {
      again.start();
      try (Jedis jedis = connect(again)) {
        for (long i = 1; i <= acknowledged.get(); i++) {
          assertEquals("value:" + i, jedis.get("key:" + i));
        }
        long counted = jedis.dbSize();
        // The last write may have been done without having been acknowledged.
        assertTrue(
            counted == acknowledged.get() || counted == acknowledged.get() + 1,
            () -> counted + " keys, acknowledged " + acknowledged);
      }
      System.out.println("ContainerIT: " + acknowledged + " acknowledged keys found again");
      stopGently(again);
    }
  }

  private static void assertRunsAsNobodyOnAReadOnlyRoot(GenericContainer<?> container)
      throws IOException, InterruptedException {
    Container.ExecResult user = container.execInContainer("id", "-u");
    assertEquals("10001", user.getStdout().strip());
    assertNotEquals(0, container.execInContainer("touch", "/opt/varve/file").getExitCode());
    assertEquals(0, container.execInContainer("touch", "/data/file").getExitCode());
  }

  private static void assertServesMetrics(GenericContainer<?> container)
      throws IOException, InterruptedException {
    HttpResponse<String> metrics = get(container, "/metrics");
    assertEquals(200, metrics.statusCode());
    assertTrue(metrics.body().contains("# TYPE "), metrics.body());
    assertEquals(200, get(container, "/health").statusCode());
  }

  private static void writeUntilKilled(GenericContainer<?> container, AtomicLong acknowledged)
      throws InterruptedException {
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (Jedis jedis = connect(container)) {
                    for (long i = 1; !stop.get(); i++) {
                      jedis.set("key:" + i, "value:" + i);
                      acknowledged.set(i);
                    }
                  } catch (JedisException _) {
                    // Killed.
                  }
                });
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (acknowledged.get() < KEYS_BEFORE_KILL && writer.isAlive()) {
      assertTrue(System.nanoTime() < deadline, "writes take too long");
      Thread.onSpinWait();
    }
    docker().killContainerCmd(container.getContainerId()).exec();
    stop.set(true);
    writer.join();
    assertTrue(acknowledged.get() >= KEYS_BEFORE_KILL, () -> acknowledged + " were acknowledged");
  }

  private static void stopGently(GenericContainer<?> container) {
    docker().stopContainerCmd(container.getContainerId()).withTimeout(30).exec();
    Long code =
        docker()
            .inspectContainerCmd(container.getContainerId())
            .exec()
            .getState()
            .getExitCodeLong();
    assertEquals(0L, code, container::getLogs);
  }

  /// As docker/compose.yaml runs it; ready when its own health check says so.
  private static GenericContainer<?> container() {
    return new GenericContainer<>(DockerImageName.parse(IMAGE))
        .withImagePullPolicy(_ -> false)
        .withExposedPorts(REDIS_PORT, ADMIN_PORT)
        .withTmpFs(Map.of("/tmp", "rw,noexec,nosuid,nodev,size=64m"))
        .withCreateContainerCmdModifier(
            command -> {
              HostConfig host = command.getHostConfig();
              host.withReadonlyRootfs(true)
                  .withCapDrop(Capability.ALL)
                  .withSecurityOpts(List.of("no-new-privileges:true"))
                  .withBinds(new Bind(volume, new Volume("/data")));
            })
        .withStartupCheckStrategy(new IsRunningStartupCheckStrategy())
        .waitingFor(Wait.forHealthcheck().withStartupTimeout(START_LIMIT));
  }

  private static Jedis connect(GenericContainer<?> container) {
    return new Jedis(container.getHost(), container.getMappedPort(REDIS_PORT), 10_000);
  }

  private static HttpResponse<String> get(GenericContainer<?> container, String path)
      throws IOException, InterruptedException {
    URI uri =
        URI.create(
            "http://" + container.getHost() + ":" + container.getMappedPort(ADMIN_PORT) + path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static DockerClient docker() {
    return DockerClientFactory.instance().client();
  }

  /// The folder that has scripts/docker-image, from the working directory upwards.
  private static Path repository() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !new File(folder.toFile(), "scripts/docker-image").exists()) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("scripts/docker-image is not above the working directory");
    }
    return folder;
  }
}
