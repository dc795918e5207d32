package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

  /** F14: health and a metric report that a reload was rejected; the daemon stays ready. */
  @Test
  void probesAndMetricsReportARejectedReload() {
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
      // The page's own background at its edge: the page's policy permits the style sheet.
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

  /**
   * C43: in a frame of 400 px no element of the page exceeds the edge, so that the state and the
   * whole reason of each entry are visible. The frame has the page's own style sheet; the page
   * itself permits neither frames nor scripts.
   */
  @Test
  void c43_pageIsNoWiderThanAScreenOf400Pixels() {
    var chromium = Tool.CHROMIUM.path();
    var daemon = daemon();
    daemon.start();
    daemon.client().get("registry.gitlab.com/rigdev/app");
    daemon.client().get("broken.example.org");
    var style = http.get("/style.css").body();
    var page =
        http.get("/")
            .body()
            .replaceFirst("<meta http-equiv=\"refresh\"[^>]*>", "")
            .replaceFirst("<link rel=\"stylesheet\"[^>]*>", "<style>" + style + "</style>");
    var frame =
        PrivateFile.write(
            folder.resolve("frame.html"),
            """
            <!doctype html><title>-</title><body>
            <iframe style="border: 0" width="400" height="900" srcdoc="%s"></iframe>
            <script>
            addEventListener("load", () => {
              const page = document.querySelector("iframe").contentDocument;
              const reaching = [...page.querySelectorAll("body, body *")]
                .filter(element => element.getBoundingClientRect().right > 400)
                .map(element => element.tagName + "." + element.className);
              const state = page.querySelector(".failed .state").getBoundingClientRect();
              document.body.textContent = page.body.clientWidth + " wide, " + Math.round(state.height)
                + " high, reaching over: [" + reaching + "]";
            });
            </script>
            """
                .formatted(page.replace("&", "&amp;").replace("\"", "&quot;")));
    var shown =
        Command.of(
                chromium,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + folder.resolve("browser"),
                "--dump-dom",
                frame.toUri())
            .with("HOME", folder)
            .run()
            .stdout();
    assertTrue(shown.contains("400 wide, ") || shown.contains("385 wide, "), shown); // a scroll bar
    assertTrue(shown.contains(", reaching over: []"), shown);
    assertFalse(shown.contains(" 0 high"), shown);
  }
}
