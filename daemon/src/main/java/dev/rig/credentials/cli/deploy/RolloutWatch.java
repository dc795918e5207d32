package dev.rig.credentials.cli.deploy;

import dev.rig.credentials.cli.client.DaemonClient;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.kube.Rollouts;
import dev.rig.credentials.kube.Rollouts.PodTrouble;
import dev.rig.credentials.kube.Rollouts.RolloutRefusedException;
import dev.rig.credentials.kube.Rollouts.TroubleKind;
import dev.rig.credentials.text.Printable;
import dev.rig.credentials.time.Time;
import dev.rig.credentials.wire.Action;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Waits for the pods of a deployment, and reports their progress and errors. */
final class RolloutWatch {
  private static final Duration POLL = Duration.ofMillis(500);

  private final Console console;
  private final Rollouts rollouts;
  private final DaemonClient daemon;
  private final String namespace;
  private final String name;
  private final Set<String> told = new HashSet<>();

  RolloutWatch(
      Console console, Rollouts rollouts, DaemonClient daemon, String namespace, String name) {
    this.console = console;
    this.rollouts = rollouts;
    this.daemon = daemon;
    this.namespace = namespace;
    this.name = name;
  }

  /**
   * Returns whether all pods run the image within the limit. A cluster that does not answer, or
   * that rejects the query, is reported and queried again.
   */
  boolean awaits(String image, Duration limit, Time time) {
    long from = time.nanos();
    while (true) {
      if (isComplete(image)) {
        return true;
      }
      rollouts.troubles(namespace, name, image).forEach(trouble -> tell(trouble, image));
      if (time.nanos() - from > limit.toNanos()) {
        return false;
      }
      var over = new CompletableFuture<Void>();
      time.scheduler().schedule(POLL, () -> over.complete(null));
      over.join();
    }
  }

  private boolean isComplete(String image) {
    try {
      var readiness = rollouts.readiness(namespace, name, image).orElse(null);
      tell(
          readiness == null
              ? name + ": there is no Deployment yet"
              : "%s: %d of %d ready".formatted(name, readiness.ready(), readiness.wanted()));
      return readiness != null && readiness.complete();
    } catch (RolloutRefusedException e) {
      tell(name + ": it is unknown whether its pods are ready: " + e.getMessage());
      return false;
    }
  }

  private void tell(PodTrouble trouble, String image) {
    boolean first = tell(trouble.pod() + ": " + trouble.message());
    if (first && trouble.kind() == TroubleKind.PULL) {
      tell("  " + explained(image));
    }
  }

  private boolean tell(String line) {
    boolean first = told.add(line);
    if (first) {
      console.err().println(Printable.of(line));
    }
    return first;
  }

  /** Returns which entry answers for the image here, and until when. */
  private String explained(String image) {
    try {
      var document = daemon.askForJson(Action.EXPLAIN, image);
      if (!document.has("answering")) {
        return "no entry of this daemon matches " + image;
      }
      var answering = document.object("answering");
      var entry = "entry %s of this daemon".formatted(answering.display("prefix"));
      if (document.has("reason")) {
        return entry + ": " + document.display("reason");
      }
      return entry
          + (answering.has("expiresAt")
              ? ": its credential is valid until " + answering.display("expiresAt")
              : ": its credential does not expire");
    } catch (CommandException away) {
      return "the daemon did not say which entry answers for it: " + away.getMessage();
    }
  }
}
