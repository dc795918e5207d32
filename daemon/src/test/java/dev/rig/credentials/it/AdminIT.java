package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Canary;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.HttpOverTcp;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The admin port of the built daemon: probes, metrics, and the page in a browser. */
class AdminIT {
  private static final String SECRET = "pa55-of-the-admin";
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private final int port = FreePort.next();
  private final HttpOverTcp http =
      new HttpOverTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));

  private DaemonUnderTest daemon() {
    return new DaemonUnderTest(reaper, folder.resolve("d"))
        .admin("127.0.0.1:" + port)
        .configured("values.yaml", yaml());
  }

  private static String yaml() {
    return """
    rig:
      dockerRegistries:
        example.org: {username: bot, password: %s}
        registry.gitlab.com/rigdev: {script: "echo oauth:%s", expire: 1h, alias: gitlab}
        broken.example.org: {script: "echo no such host >&2; exit 6"}
    """
        .formatted(SECRET, SECRET);
  }

  /** F14: health and metric say that a reload was refused, and it stays ready. */
  @Test
  void probesAndMetricsTellOfARefusedReload() {
    var daemon = daemon();
    daemon.start();
    daemon.client().get("example.org");
    for (var probe : List.of("live", "ready", "started")) {
      assertEquals(200, http.get("/health/" + probe).status(), probe);
    }
    PrivateFile.write(daemon.file("values.yaml"), "rig: [\n");
    Eventually.within(
        SOON,
        () ->
            http.get("/metrics")
                .body()
                .contains("rig_credentials_reloads_total{outcome=\"refused\"} 1.0"),
        () -> http.get("/metrics").body());
    var metrics = http.get("/metrics").body();
    assertTrue(metrics.contains("action=\"get\",outcome=\"found\"} 1.0"), metrics);
    assertTrue(metrics.contains("rig_credentials_healthy{part=\"configuration\"} 0.0"), metrics);
    assertEquals(200, http.get("/health/ready").status());
    for (var page : List.of("/", "/metrics", "/health/ready")) {
      assertEquals(List.of(), new Canary(SECRET).foundIn(http.get(page).body()), page);
    }
  }

  @Test
  void pageIsDrawnInLightAndInDark() throws Exception {
    var chromium = Tool.CHROMIUM.path();
    var daemon = daemon();
    daemon.start();
    daemon.client().get("registry.gitlab.com/rigdev/app");
    daemon.client().get("broken.example.org");
    var brightness = new HashSet<Boolean>();
    for (int scheme = 0; scheme < 2; scheme++) {
      var shot = folder.resolve("page" + scheme + ".png");
      Command.of(
              chromium,
              "--headless",
              "--no-sandbox",
              "--disable-gpu",
              "--hide-scrollbars",
              "--window-size=1280,900",
              "--user-data-dir=" + folder.resolve("browser"),
              "--blink-settings=preferredColorScheme=" + scheme,
              "--screenshot=" + shot,
              "http://127.0.0.1:" + port + "/")
          .with("HOME", folder)
          .run();
      assertTrue(Files.exists(shot), "a picture");
      var picture = ImageIO.read(shot.toFile());
      // The page's own background at its edge: the style sheet was let in by the page's policy.
      int corner = picture.getRGB(2, 2);
      brightness.add((corner & 0xff) > 0x80);
      var colours = new HashSet<Integer>();
      for (int x = 0; x < picture.getWidth(); x += 2) {
        for (int y = 0; y < picture.getHeight(); y += 2) {
          colours.add(picture.getRGB(x, y));
        }
      }
      assertTrue(colours.size() > 50, () -> "more than an empty page: " + colours.size());
    }
    assertEquals(2, brightness.size(), "one light, one dark");
  }
}
