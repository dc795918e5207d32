package dev.rig.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class SkipsTest {
  @TempDir private Path folder;

  /** Not run by themselves: Surefire takes classes by their names. */
  static final class Samples {
    @Test
    void passes() {}

    @Test
    void needsAProgram() {
      need(false, "skopeo is not installed", "apt install skopeo");
    }

    @Test
    void assumes() {
      Assumptions.abort("not on\n  this kernel");
    }

    @Test
    @Disabled("until the moon is full")
    void isDisabled() {}
  }

  static final class WholeClass {
    @BeforeAll
    static void prepare() {
      need(false, "this needs root", "run as root");
    }

    @Test
    void isNeverReached() {}
  }

  /** As {@link Requirement#need}, whatever the environment says of missing tools. */
  private static void need(boolean there, String reason, String remedy) {
    if (!there) {
      throw new MissingRequirementException(reason, remedy);
    }
  }

  private String run(Class<?>... classes) {
    var bytes = new ByteArrayOutputStream();
    var listener =
        new SkipListener(
            new PrintStream(bytes, true, StandardCharsets.UTF_8), folder.resolve("now-1.tsv"));
    var request = LauncherDiscoveryRequestBuilder.request();
    for (var type : classes) {
      request.selectors(selectClass(type));
    }
    var config =
        LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false).build();
    LauncherFactory.create(config).execute(request.build(), listener);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void eachSkipIsOneLineWithItsReason() {
    assertEquals(
        List.of(
            "SKIPPED SkipsTest$Samples.assumes: not on this kernel",
            "SKIPPED SkipsTest$Samples.isDisabled: until the moon is full",
            "SKIPPED SkipsTest$Samples.needsAProgram: skopeo is not installed; apt install skopeo"),
        run(Samples.class).lines().sorted().toList());
  }

  @Test
  void aClassThatIsSkippedAsAWholeIsNamed() {
    assertEquals(
        List.of("SKIPPED SkipsTest$WholeClass: this needs root; run as root"),
        run(WholeClass.class).lines().toList());
  }

  @Test
  void theTableNamesEachReasonOnceWithAllTestsThatItStopped() throws IOException {
    run(Samples.class, WholeClass.class);
    var other = new Skip("OtherIT", "skopeo is not installed", "apt install skopeo");
    var skips = new ArrayList<>(SkipTable.read("now", folder));
    skips.add(other);
    assertEquals(
        """

        Skipped tests: 5
        Skipped                          Why                      To run it
        SkipsTest$Samples.assumes        not on this kernel
        OtherIT                          skopeo is not installed  apt install skopeo
        SkipsTest$Samples.needsAProgram
        SkipsTest$WholeClass             this needs root          run as root
        SkipsTest$Samples.isDisabled     until the moon is full
        """,
        SkipTable.of(skips));
  }

  @Test
  void theTableLeavesOutWhatAnEarlierRunSkipped() throws IOException {
    run(WholeClass.class);
    assertEquals(List.of(), SkipTable.read("later", folder));
  }

  @Test
  void whereNothingIsSkippedNothingIsPrinted() throws IOException {
    assertEquals("", SkipTable.of(SkipTable.read("", folder.resolve("absent"))));
  }
}
