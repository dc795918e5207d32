package dev.rig.credentials.kubelet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeletProcessesTest {
  private static final Path FOLDER = Path.of("/etc/rig-credentials/kubelet");

  @TempDir private Path proc;

  private void process(String pid, String... words) throws IOException {
    var entry = Files.createDirectory(proc.resolve(pid));
    Files.writeString(entry.resolve("cmdline"), String.join("\0", words) + "\0");
  }

  private OptionalLong found() throws IOException {
    return new KubeletProcesses(proc).startedWith(FOLDER);
  }

  @Test
  void flagWithItsValueIsFoundInBothForms() throws IOException {
    process(
        "7", "/usr/bin/kubelet", "--v=2", "--image-credential-provider-bin-dir=" + FOLDER + "/bin");
    assertEquals(OptionalLong.of(7), found());
    Files.delete(proc.resolve("7/cmdline"));
    assertEquals(OptionalLong.empty(), found());
    process("8", "kubelet", "--image-credential-provider-config", FOLDER + "/./x.yaml");
    assertEquals(OptionalLong.of(8), found());
  }

  @Test
  void otherProcessesThatNameTheFolderAreNoKubelets() throws IOException {
    process("1", "find", FOLDER.toString());
    process("2", "kubelet", "--image-credential-provider-config=" + FOLDER + "-other/x.yaml");
    process("3", "kubelet", "--image-credential-provider-config=");
    process("4", "kubelet", "--image-credential-provider-config");
    process("5", "");
    Files.createDirectory(proc.resolve("6"));
    Files.createDirectory(proc.resolve("9x"));
    assertEquals(OptionalLong.empty(), found());
  }
}
