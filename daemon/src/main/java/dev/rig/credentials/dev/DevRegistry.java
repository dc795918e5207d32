package dev.rig.credentials.dev;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.store.StoreException;
import dev.rig.credentials.time.Time;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The development registry of a user, on a port of loopback: a container of an engine, else a
 * program of this machine. Its images and its own credential outlive it.
 */
public final class DevRegistry {
  private static final Duration START = Duration.ofSeconds(20);
  private static final int CONNECT_MILLIS = 1_000;
  private static final int ANSWER_MILLIS = 5_000;
  private static final int PASSWORD = 24;
  private static final String USERNAME = "rig-dev";
  private static final String PROCESS = "a process of this machine";

  private final Map<String, String> environment;
  private final DevFolder folder;
  private final Pauses pauses;
  private final ChildRegistry child;

  /**
   * A registry.
   *
   * @param host how its images begin
   * @param credential who may push and pull
   * @param runner what it runs in, for people; null where it does not run
   */
  public record Access(String host, Credential credential, @Nullable String runner) {}

  /**
   * What there is of it.
   *
   * @param host how its images begin
   * @param runner what it runs in, for people; null where it does not run
   * @param images as {@code repository:tag}, in order
   * @param bytes what its data takes of the disk
   */
  public record Status(String host, @Nullable String runner, List<String> images, long bytes) {
    public Status {
      images = List.copyOf(images);
    }
  }

  /**
   * The registry that keeps everything in that state folder.
   *
   * @param environment the user's variables
   */
  public DevRegistry(Path stateFolder, Map<String, String> environment, Time time) {
    this.environment = environment;
    folder = new DevFolder(stateFolder);
    pauses = new Pauses(time);
    child = new ChildRegistry(folder, environment, pauses);
  }

  /**
   * Has it run on that port; harmless where it does.
   *
   * @throws DevException when it cannot be had, with the next step
   */
  public Access up(int port) throws InterruptedException {
    try {
      var known = read().orElse(null);
      if (known != null) {
        var runner = runner();
        if (runner != null && known.port() != port) {
          throw new DevException(
              "it runs at %s already: rig-credentials dev down, then up with another port"
                  .formatted(known.host()));
        }
        if (runner != null && answers(known)) {
          return new Access(known.host(), known.credential(), runner);
        }
        stop();
      }
      var wanted = new DevRecord(port, known == null ? fresh() : known.credential());
      if (status(wanted, false) != 0) {
        throw new DevException(
            "something else listens at 127.0.0.1:%d: choose another with --port".formatted(port));
      }
      wanted.write(folder.sealed(credentials()));
      var runner = start(wanted);
      if (!pauses.until(START, () -> answers(wanted))) {
        stop();
        throw new DevException(
            "%s was started and does not answer at %s; it said: %s"
                .formatted(runner, wanted.host(), folder.log()));
      }
      return new Access(wanted.host(), wanted.credential(), runner);
    } catch (StoreException e) {
      throw new DevException(String.valueOf(e.getMessage()), e);
    }
  }

  private String start(DevRecord wanted) throws InterruptedException {
    var engine = Engine.find(environment).orElse(null);
    if (engine != null) {
      try (engine) {
        var container = new ContainerRegistry(folder, engine);
        if (container.hasImage()) {
          folder.configure(
              wanted.credential(),
              container.address(wanted.port()),
              ContainerRegistry.DATA,
              ContainerRegistry.PASSWORDS);
          container.start(wanted.port());
          return container(engine);
        }
      }
    }
    var program =
        child
            .program()
            .orElseThrow(() ->
                new DevException(
                    (engine == null
                            ? "no Docker Engine answers"
                            : "the Docker Engine does not get the image registry:2")
                        + ", and there is no registry or docker-registry on PATH: install Debian's"
                        + " docker-registry"));
    folder.configure(
        wanted.credential(),
        "127.0.0.1:" + wanted.port(),
        folder.data().toString(),
        folder.passwords().toString());
    child.start(program);
    return PROCESS;
  }

  private static String container(Engine engine) {
    return "a container of " + engine.host();
  }

  /** What there is of it; empty where there never was one, or it was purged. */
  public Optional<Status> status() {
    try {
      return read()
          .map(known -> {
            var images = new ArrayList<String>();
            for (var repository : folder.repositories()) {
              folder.tags(repository).forEach(tag -> images.add(repository + ":" + tag));
            }
            var runner = answers(known) ? runner() : null;
            return new Status(known.host(), runner, images, folder.size());
          });
    } catch (StoreException e) {
      throw new DevException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Its repositories with an image. */
  public List<String> repositories() {
    return folder.repositories();
  }

  /**
   * Ends it; harmless where it does not run.
   *
   * @param purge whether its images and its credential go, too
   * @return how its images began; empty where there never was one
   */
  public Optional<String> down(boolean purge) {
    try {
      var known = read();
      stop();
      if (known.isPresent() || purge) {
        folder.remove(purge);
      }
      return known.map(DevRecord::host);
    } catch (StoreException e) {
      throw new DevException(String.valueOf(e.getMessage()), e);
    }
  }

  private Optional<DevRecord> read() {
    return folder.exists() ? DevRecord.read(folder.sealed(credentials())) : Optional.empty();
  }

  private @Nullable Path credentials() {
    var named = environment.getOrDefault("CREDENTIALS_DIRECTORY", "");
    return named.isEmpty() ? null : Path.of(named);
  }

  private @Nullable String runner() {
    if (child.runs()) {
      return PROCESS;
    }
    var engine = Engine.find(environment).orElse(null);
    if (engine == null) {
      return null;
    }
    try (engine) {
      return new ContainerRegistry(folder, engine).runs() ? container(engine) : null;
    }
  }

  private void stop() {
    child.stop();
    Engine.find(environment)
        .ifPresent(engine -> {
          try (engine) {
            new ContainerRegistry(folder, engine).stop();
          }
        });
  }

  private static Credential fresh() {
    var bytes = new byte[PASSWORD];
    new SecureRandom().nextBytes(bytes);
    return new Credential(
        USERNAME, Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)));
  }

  private static boolean answers(DevRecord record) {
    return status(record, true) == HttpURLConnection.HTTP_OK;
  }

  /** The status of its API's root; 0 where nobody answers. */
  private static int status(DevRecord record, boolean withCredential) {
    try {
      var url = URI.create("http://127.0.0.1:" + record.port() + "/v2/").toURL();
      var connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(ANSWER_MILLIS);
      connection.setInstanceFollowRedirects(false);
      if (withCredential) {
        var login = record.credential().username() + ":" + record.credential().secret().reveal();
        connection.setRequestProperty(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
      }
      try {
        return connection.getResponseCode();
      } finally {
        connection.disconnect();
      }
    } catch (ConnectException nobody) {
      return 0;
    } catch (IOException somebody) {
      return -1;
    }
  }
}
