package dev.rig.credentials.dev;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.store.StoreException;
import dev.rig.credentials.time.Time;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A user's development registry, on a port of this machine: a container of an engine, or else a
 * program of this machine. Its images, its credential and its authority are kept when it stops.
 */
public final class DevRegistry {
  private static final Duration START = Duration.ofSeconds(20);
  private static final String PROCESS = "a process of this machine";
  private static final String[] PROGRAMS = {"registry", "docker-registry"};

  private final Map<String, String> environment;
  private final DevFolder folder;
  private final Polling pauses;
  private final SupervisedProgram child;
  private final SupervisedProgram front;
  private final Time time;

  /**
   * The requested address. A null field keeps its value; the defaults are port 30000 of loopback
   * without TLS and without a login; any other address has both.
   *
   * @param address an address of this machine, as a literal
   * @param login whether clients need its login; false only on loopback without TLS
   */
  public record Wanted(
      @Nullable String address,
      @Nullable Integer port,
      @Nullable Boolean tls,
      @Nullable Boolean login) {
    private boolean asksForLogin(@Nullable DevRecord record, DevRegistryAddress place) {
      boolean open = !place.tls() && DevRegistryAddress.isLoopback(place.address());
      if (!open && login != null && !login) {
        throw new DevException(
            "without a login it listens on loopback without TLS only: leave out --no-login");
      }
      return !open || (login != null ? login : record != null && record.behind() == 0);
    }

    private DevRegistryAddress place(@Nullable DevRecord record) {
      var known =
          record == null
              ? new DevRegistryAddress(
                  DevRegistryAddress.LOOPBACK, DevRegistryAddress.USUAL_PORT, false)
              : record.place();
      boolean secure = address == null ? known.tls() : !DevRegistryAddress.isLoopback(address);
      return new DevRegistryAddress(
          address == null ? known.address() : address,
          port == null ? known.port() : port,
          tls == null ? secure : tls);
    }
  }

  /**
   * A registry.
   *
   * @param host the host in its images' names
   * @param credential for pushes and pulls
   * @param authority the file of the authority that signs its certificate; null if it has none
   * @param runner what runs it, for people; null if it does not run
   * @param open whether clients need no login
   */
  public record Access(
      String host,
      Credential credential,
      @Nullable Path authority,
      @Nullable String runner,
      boolean open) {}

  /**
   * The state of the registry.
   *
   * @param host the host in its images' names
   * @param authority the file of the authority that signs its certificate; null if it has none
   * @param runner what runs it, for people; null if it does not run
   * @param images as {@code repository:tag}, in order
   * @param bytes the disk space of its data
   */
  public record Status(
      String host,
      @Nullable Path authority,
      @Nullable String runner,
      List<String> images,
      long bytes) {
    public Status {
      images = List.copyOf(images);
    }
  }

  /**
   * Creates the registry with the data in that state folder.
   *
   * @param environment the user's variables
   */
  public DevRegistry(Path stateFolder, Map<String, String> environment, Time time) {
    this.environment = environment;
    folder = new DevFolder(stateFolder);
    this.time = time;
    pauses = new Polling(time);
    child = new SupervisedProgram(folder.configuration(), folder.log(), environment, pauses);
    front = new SupervisedProgram(folder.front(), folder.frontLog(), environment, pauses);
  }

  /**
   * Starts the registry at that address; does nothing if it already serves there.
   *
   * @throws DevException if it cannot start, or runs at another address; with the next step
   */
  public Access up(Wanted wanted) throws InterruptedException {
    try {
      var known = read().orElse(null);
      var place = wanted.place(known);
      boolean login = wanted.asksForLogin(known, place);
      if (known != null) {
        var runner = runner();
        if (runner != null && !(known.place().equals(place) && login == (known.behind() == 0))) {
          throw new DevException(
              "it already runs at %s, %s a login: run rig-credentials dev down, then dev up again"
                  .formatted(known.host(), known.behind() == 0 ? "with" : "without"));
        }
        if (runner != null && !certifies(known) && RegistryProbe.of(known, time).answers()) {
          return access(known, runner);
        }
        stop();
      }
      var record = record(place, known, login);
      check(record);
      record.write(folder.sealed(credentials()));
      certifies(record);
      var runner = start(record);
      if (!pauses.until(START, () -> RegistryProbe.of(record, time).answers())) {
        stop();
        throw new DevException(
            "%s was started but does not answer at %s; its output: %s"
                .formatted(
                    runner, record.host(), record.behind() == 0 ? folder.log() : folder.path()));
      }
      return access(record, runner);
    } catch (StoreException e) {
      throw new DevException(String.valueOf(e.getMessage()), e);
    }
  }

  private DevRecord record(DevRegistryAddress place, @Nullable DevRecord known, boolean login) {
    var authority = known == null ? null : known.authority();
    return new DevRecord(
        place,
        known == null ? DevLogin.login(new SecureRandom()) : known.credential(),
        authority == null && place.tls() ? DevAuthority.create(time.now()) : authority,
        login ? 0 : freePort());
  }

  private static int freePort() {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    } catch (IOException e) {
      throw new DevException("no port of loopback is free: " + e.getMessage(), e);
    }
  }

  /** Returns whether the registry has a new certificate, which requires a restart. */
  private boolean certifies(DevRecord record) {
    var signer = record.signer();
    return signer != null && folder.certify(signer, record.place(), time.now());
  }

  private void check(DevRecord record) {
    var place = record.place();
    try {
      if (!DevRegistryAddress.isLoopback(place.address())
          && NetworkInterface.getByInetAddress(place.inet()) == null) {
        throw new DevException(place.address() + " is not an address of this machine");
      }
    } catch (SocketException e) {
      throw new DevException("cannot read this machine's addresses: " + e.getMessage(), e);
    }
    if (RegistryProbe.of(record, time).someoneListens()) {
      throw new DevException(
          "another program listens at %s: choose another port with --port"
              .formatted(place.listening()));
    }
  }

  private Access access(DevRecord record, String runner) {
    return new Access(
        record.host(), record.credential(), authority(record), runner, record.behind() != 0);
  }

  private @Nullable Path authority(DevRecord record) {
    return record.place().tls() ? folder.authority() : null;
  }

  private String start(DevRecord record) throws InterruptedException {
    var runner = startRegistry(record);
    if (record.behind() != 0) {
      var home = System.getProperty("rig.home");
      if (home == null) {
        throw new DevException(
            "a registry without a login needs a built distribution: pass --login");
      }
      front.start(Path.of(home, "bin", "rig-credentials").toString(), "dev", "front");
    }
    return runner;
  }

  private String startRegistry(DevRecord record) throws InterruptedException {
    var engine = EngineClient.find(environment).orElse(null);
    if (engine != null) {
      try (engine) {
        var container = new ContainerRegistry(folder, engine);
        if (container.hasImage()) {
          folder.configure(record, container.seen(record.registry()));
          container.start(record.registry());
          return container(engine);
        }
      }
    }
    var program =
        SupervisedProgram.find(environment, PROGRAMS)
            .orElseThrow(() ->
                new DevException(
                    (engine == null
                            ? "no Docker Engine answers"
                            : "the Docker Engine cannot pull the image registry:2")
                        + ", and there is no registry or docker-registry on PATH: install Debian's"
                        + " docker-registry"));
    folder.configure(record, folder.seen(record.registry()));
    child.start(program.toString(), "serve");
    return PROCESS;
  }

  /**
   * Starts the listener for clients, which serves until it is closed.
   *
   * @throws DevException if the registry has no front
   */
  public RegistryFront openFront() {
    try {
      var record =
          read()
              .filter(known -> known.behind() != 0)
              .orElseThrow(() -> new DevException("no registry without a login is running"));
      var registry = record.registry();
      return RegistryFront.open(
          new InetSocketAddress(record.place().inet(), record.place().port()),
          new InetSocketAddress(registry.inet(), registry.port()),
          HttpRequest.basic(record.credential()).reveal());
    } catch (StoreException e) {
      throw new DevException(String.valueOf(e.getMessage()), e);
    }
  }

  private static String container(EngineClient engine) {
    return "a container of " + engine.host();
  }

  /** Returns the registry's state; empty if it never existed or was purged. */
  public Optional<Status> status() {
    try {
      return read()
          .map(known -> {
            var images = new ArrayList<String>();
            for (var repository : folder.repositories()) {
              folder.tags(repository).forEach(tag -> images.add(repository + ":" + tag));
            }
            var runner = RegistryProbe.of(known, time).answers() ? runner() : null;
            return new Status(known.host(), authority(known), runner, images, folder.size());
          });
    } catch (StoreException e) {
      throw new DevException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Returns the authority of the registry's host, if it has one. */
  public Map<String, Path> authorities() {
    try {
      return read()
          .filter(known -> known.place().tls())
          .map(known -> Map.of(known.host(), folder.authority()))
          .orElse(Map.of());
    } catch (StoreException e) {
      throw new DevException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Returns the repositories with an image. */
  public List<String> repositories() {
    return folder.repositories();
  }

  /**
   * Stops the registry; does nothing if it does not run.
   *
   * @param purge whether to delete its images and its credential too
   * @return the host in its images' names; empty if it never existed
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
    var engine = EngineClient.find(environment).orElse(null);
    if (engine == null) {
      return null;
    }
    try (engine) {
      return new ContainerRegistry(folder, engine).runs() ? container(engine) : null;
    }
  }

  private void stop() {
    front.stop();
    child.stop();
    EngineClient.find(environment)
        .ifPresent(engine -> {
          try (engine) {
            new ContainerRegistry(folder, engine).stop();
          }
        });
  }
}
