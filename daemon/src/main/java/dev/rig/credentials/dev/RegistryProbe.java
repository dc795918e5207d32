package dev.rig.credentials.dev;

import dev.rig.credentials.net.HostResolver;
import dev.rig.credentials.net.HttpAddress;
import dev.rig.credentials.net.HttpClient;
import dev.rig.credentials.net.HttpFailure;
import dev.rig.credentials.net.HttpFailure.HttpFailureKind;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.NetworkZone;
import dev.rig.credentials.net.PlainHttpPolicy;
import dev.rig.credentials.net.Proxies;
import dev.rig.credentials.net.RequestBudget;
import dev.rig.credentials.net.TlsAuthorities;
import dev.rig.credentials.time.Time;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/** Checks what listens at the development registry's address. */
final class RegistryProbe {
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final int MOST_BYTES = 1024 * 1024;
  private static final int OK = 200;
  private static final int NOBODY = 0;
  private static final int SOMEBODY = -1;

  private final DevRecord record;
  private final Time time;

  private RegistryProbe(DevRecord record, Time time) {
    this.record = record;
    this.time = time;
  }

  static RegistryProbe of(DevRecord record, Time time) {
    return new RegistryProbe(record, time);
  }

  /**
   * Returns whether the registry answers: with the right certificate, and accepting the credential.
   */
  boolean answers() {
    return status(true) == OK;
  }

  /** Returns whether anything listens; does not send the credential. */
  boolean someoneListens() {
    return status(false) != NOBODY;
  }

  private int status(boolean withCredential) {
    var signer = record.signer();
    TlsAuthorities authorities = origin -> Objects.requireNonNull(signer).sockets();
    var names = new HostResolver(InetAddress::getAllByName);
    var plain = new PlainHttpPolicy(Set.of());
    try (var http = new HttpClient(names, plain, authorities, Proxies.NONE, time)) {
      var address = Objects.requireNonNull(HttpAddress.parse(record.place().api()));
      var request = HttpRequest.get(address);
      if (withCredential) {
        request = request.authorised(HttpRequest.basic(record.credential()));
      }
      var budget = RequestBudget.start(time.ticker(), ANSWER, MOST_BYTES);
      return http.send(request, NetworkZone.LOOPBACK, budget).status();
    } catch (HttpFailure e) {
      return e.kind() == HttpFailureKind.NO_LISTENER ? NOBODY : SOMEBODY;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return SOMEBODY;
    }
  }
}
