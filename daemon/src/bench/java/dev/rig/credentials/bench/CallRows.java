package dev.rig.credentials.bench;

import dev.rig.credentials.testing.daemon.Command;
import dev.rig.testing.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.opentest4j.TestAbortedException;

/** The system calls of one run of a client, and its instructions if they can be counted. */
final class CallRows implements Rows {
  private static final double MOST = 1.3;
  private static final String PEER = "a bare static C client, on the same C library";

  @Override
  public String title() {
    return "What a client does for a cached answer";
  }

  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    var daemon = bench.daemon("d").configured("values.yaml", Workbench.values());
    daemon.start();
    var key = Files.writeString(bench.folder().resolve("key"), Workbench.QUESTION);
    var helper = Workbench.distribution().resolve("bin/docker-credential-rig");
    var socket = daemon.socket();
    var bare = new Object[] {bench.compiled("bare"), "get", socket};
    var rows = new ArrayList<Row>();
    for (var ours :
        List.of(
            new Object[] {helper, "get"}, new Object[] {helper, "userpass", Workbench.QUESTION})) {
      var what = "`docker-credential-rig " + ours[1] + "`";
      rows.add(
          Row.beside(
              what + ": system calls",
              Unit.TIMES,
              calls(bench, socket, key, ours),
              PEER,
              calls(bench, socket, key, bare),
              new Aim.Ratio(MOST)));
      rows.add(instructions(what + ": instructions", socket, key, ours, bare));
    }
    return rows;
  }

  private static double calls(Workbench bench, Path socket, Path stdin, Object... words)
      throws IOException {
    var trace = bench.folder().resolve("trace");
    run(socket, stdin, program("strace"), "-f", "-qq", "-o", trace, words);
    try (var lines = Files.lines(trace)) {
      return lines.count();
    }
  }

  private static Row instructions(
      String what, Path socket, Path stdin, Object[] ours, Object[] bare) throws IOException {
    try {
      return Row.beside(
          what,
          Unit.TIMES,
          instructions(socket, stdin, ours),
          PEER,
          instructions(socket, stdin, bare),
          new Aim.None());
    } catch (TestAbortedException e) {
      return Row.missing(what, String.valueOf(e.getMessage()));
    }
  }

  private static double instructions(Path socket, Path stdin, Object... words) throws IOException {
    var counted =
        run(socket, stdin, program("perf"), "stat", "-x", ",", "-e", "instructions:u", words);
    var count =
        counted.lines().filter(line -> line.contains("instructions")).findFirst().orElse("");
    Requirement.need(
        count.matches("\\d.*"),
        "this machine counts no instructions",
        "run on a machine with performance counters");
    return Double.parseDouble(count.substring(0, count.indexOf(',')));
  }

  private static Path program(String name) {
    var program = Path.of("/usr/bin", name);
    Requirement.need(
        Files.isExecutable(program), name + " is not installed", "apt install strace linux-perf");
    return program;
  }

  /** Returns the standard error of a tool that runs a client. */
  private static String run(Path socket, Path stdin, Object... words) throws IOException {
    var all = new ArrayList<Object>();
    for (var word : words) {
      all.addAll(word instanceof Object[] several ? List.of(several) : List.of(word));
    }
    return Command.of(all.toArray())
        .with("RIG_CREDENTIALS_SOCKET", socket)
        .reading(Files.readString(stdin))
        .run()
        .succeeded()
        .stderr();
  }
}
