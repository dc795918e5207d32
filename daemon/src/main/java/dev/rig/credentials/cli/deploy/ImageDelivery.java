package dev.rig.credentials.cli.deploy;

import dev.rig.credentials.app.RegistrySettingsFactory;
import dev.rig.credentials.cli.client.DaemonClient;
import dev.rig.credentials.cli.client.DaemonCredentials;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.config.ClusterSettings;
import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.dev.DevException;
import dev.rig.credentials.dev.DevHost;
import dev.rig.credentials.dev.EngineClient;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.registry.RegistryFailure;
import dev.rig.credentials.registry.Resolution;
import dev.rig.credentials.registry.ResolvedImage;
import dev.rig.credentials.registry.TagPage;
import dev.rig.credentials.registry.client.RegistryClient;
import dev.rig.credentials.time.SystemScheduler;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Pushes an image to where a cluster pulls it, and resolves it there. */
final class ImageDelivery implements AutoCloseable {
  private static final int MOST_TAGS = 100;

  private final Console console;
  private final boolean errTerminal;
  private final DaemonCredentials credentials;
  private final SystemScheduler scheduler = new SystemScheduler();
  private final RegistryClient client;
  private final Map<String, Path> authorities;

  /**
   * Creates a delivery.
   *
   * @param authorities the only certificate authorities that are trusted for these hosts
   */
  ImageDelivery(
      Console console,
      boolean errTerminal,
      DaemonClient daemon,
      Configuration configuration,
      Map<String, Path> authorities) {
    this.console = console;
    this.authorities = authorities;
    this.errTerminal = errTerminal;
    credentials = new DaemonCredentials(daemon);
    client =
        new RegistryClient(
            credentials,
            RegistrySettingsFactory.settings(configuration.daemon(), console.environment())
                .trusting(authorities)
                .withDevelopment(host -> isDevelopment(configuration, host)),
            scheduler.time(),
            (host, outcome, took) -> {});
  }

  private static boolean isDevelopment(Configuration configuration, String host) {
    return configuration.clusters().values().stream()
        .map(ClusterSettings::devRegistry)
        .anyMatch(dev -> dev != null && host.equals(dev.host()));
  }

  /**
   * Parses an image's name.
   *
   * @throws CommandException if it is invalid
   */
  static ImageReference reference(String image) {
    try {
      var reference = ImageReference.ofImage(image);
      if (!reference.isHostOnly()) {
        return reference;
      }
    } catch (InvalidReferenceException e) {
      throw new CommandException(
          ExitStatus.USAGE, "%s is not an image: %s".formatted(image, e.getMessage()));
    }
    throw new CommandException(ExitStatus.USAGE, image + " is a registry, not an image");
  }

  /** Returns the name of an engine's image in the development registry. */
  static ImageReference named(String image, DevHost host) {
    var reference = reference(image);
    var tag = Objects.requireNonNullElse(reference.tag(), "latest");
    var repository = host.holds(reference) ? reference.name() : host.repository(reference);
    return reference(repository + ":" + tag);
  }

  /**
   * Pushes an image of the engine to the development registry.
   *
   * @return its name there
   */
  ImageReference push(EngineClient engine, String image, DevHost host) throws InterruptedException {
    var pushed = named(image, host);
    var repository = pushed.name();
    var tag = Objects.requireNonNullElse(pushed.tag(), "latest");
    if (!host.holds(reference(image))) {
      engine.tag(image, repository, tag);
    }
    console.err().println("Pushing " + pushed);
    try {
      engine.push(
          repository,
          tag,
          credentials.of(pushed),
          new PushProgressBars(console.err(), errTerminal));
    } catch (DevException e) {
      throw hinted(e, host.host());
    }
    return pushed;
  }

  /**
   * Adds a hint: an engine that does not trust the registry's authority reports only the error of
   * Go's TLS.
   */
  private DevException hinted(DevException e, String host) {
    var authority = authorities.get(host);
    return authority == null || !String.valueOf(e.getMessage()).contains("x509:")
        ? e
        : new DevException(
            "%s: make the engine trust it: sudo install -D -m 644 %s /etc/docker/certs.d/%s/ca.crt"
                .formatted(e.getMessage(), authority, host),
            e);
  }

  /**
   * Resolves the image at its registry.
   *
   * @throws CommandException if the registry does not have it, with the reason
   */
  ResolvedImage validate(ImageReference image) throws InterruptedException {
    return switch (resolve(image)) {
      case ResolvedImage resolved -> resolved;
      case RegistryFailure failure ->
          throw new CommandException(ExitStatus.FAILED, failure.message());
    };
  }

  /** Resolves the image, or returns the registry's failure. */
  Resolution resolve(ImageReference image) throws InterruptedException {
    return client.resolve(image);
  }

  /** Returns the tags of a repository, the newest first; none if it does not exist. */
  TagPage tags(ImageReference repository) throws InterruptedException {
    return switch (client.tags(repository, MOST_TAGS, null)) {
      case TagPage page -> page;
      case RegistryFailure.NoSuchRepository none ->
          new TagPage(repository.host(), repository.path(), List.of(), null, false);
      case RegistryFailure failure ->
          throw new CommandException(ExitStatus.FAILED, failure.message());
    };
  }

  @Override
  public void close() {
    scheduler.close();
  }
}
