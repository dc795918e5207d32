package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.registry.AddressProbe;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** T22: a network in which the metadata service's address, in every notation, answers. */
class AddressZonesIT {
  private static final Map<String, String> REFUSED =
      new TreeMap<>(
          Map.of(
              "plain.test", "169.254.169.254",
              "mapped.test", "::ffff:169.254.169.254",
              "sixtofour.test", "2002:a9fe:a9fe::1",
              "nat64.test", "64:ff9b::a9fe:a9fe",
              "localnat64.test", "64:ff9b:1::a9fe:a9fe",
              "translated.test", "::ffff:0:a9fe:a9fe",
              "teredo.test", "2001:0:102:304::5601:5601",
              "linklocal.test", "fe80::1"));

  private static final String SETUP =
      """
      set -e
      ip link set lo up
      ip address add 169.254.169.254/32 dev lo
      ip -6 address add 2002:a9fe:a9fe::1/128 dev lo nodad
      ip -6 address add 64:ff9b::a9fe:a9fe/128 dev lo nodad
      ip -6 address add 64:ff9b:1::a9fe:a9fe/128 dev lo nodad
      ip -6 address add ::ffff:0:a9fe:a9fe/128 dev lo nodad
      ip -6 address add 2001:0:102:304::5601:5601/128 dev lo nodad
      mount --bind "$1" /etc/hosts
      shift
      exec "$@"
      """;

  @TempDir private Path folder;

  @Test
  void t22_addressInsideAnotherAddressIsRejectedLikeTheInnerOne() {
    Tool.needRoot("a network of its own");
    Tool.IP.path();
    var hosts =
        REFUSED.entrySet().stream()
            .map(host -> host.getValue() + " " + host.getKey())
            .collect(Collectors.joining("\n", "127.0.0.1 localhost reachable.test\n", "\n"));
    var home = Distribution.daemon().getParent().getParent();
    var classes =
        String.join(
            File.pathSeparator,
            home.resolve("lib").resolve("rig-credentials.jar").toString(),
            Path.of(
                    AddressProbe.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .toString());
    var words =
        new ArrayList<Object>(
            List.of(
                Tool.UNSHARE.path(),
                "--net",
                "--mount",
                "/bin/sh",
                "-c",
                SETUP,
                "sh",
                PrivateFile.write(folder.resolve("hosts"), hosts),
                home.resolve("runtime/bin/java"),
                "@" + home.resolve("lib/jvm.options"),
                "-Djffi.boot.library.path=" + home.resolve("lib/native"),
                "-cp",
                classes,
                AddressProbe.class.getName()));
    words.addAll(REFUSED.keySet());
    words.add("reachable.test");
    var lines = Command.of(words.toArray()).run().succeeded().stdout().lines().toList();
    assertEquals(REFUSED.size() + 1, lines.size(), lines::toString);
    for (var line : lines.subList(0, REFUSED.size())) {
      assertTrue(line.contains(" 0 Refused["), line);
      assertTrue(line.contains("never contacted"), line);
    }
    assertTrue(lines.getLast().contains("Unreachable["), lines::toString);
    assertTrue(!lines.getLast().startsWith("reachable.test 0 "), "the probe does listen");
  }
}
