package dev.rig.credentials.registry.auth;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.net.HttpAddress;
import dev.rig.credentials.net.Origin;
import dev.rig.credentials.time.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cache of tokens that a registry accepted, until shortly before their end. A token is used only
 * for the same registry, repository and credential again.
 */
final class TokenCache {
  private static final int MOST = 256;

  /** The size limit of one token in characters; most have fewer than 3,000. */
  private static final int LARGEST = 8 * 1024;

  /** How long a token is used at most, because an access can be withdrawn before its end. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** Tokens are not used shortly before their end: a request takes time. */
  private static final Duration MARGIN = Duration.ofSeconds(15);

  /**
   * What a token is for.
   *
   * @param service the service in the challenge; null if absent
   * @param credential null for an anonymous token
   */
  record TokenKey(
      Origin registry,
      HttpAddress realm,
      @Nullable String service,
      String scope,
      @Nullable Credential credential) {}

  /**
   * A token.
   *
   * @param authorization the value of the header
   * @param until the end in the ticker's nanoseconds
   */
  record IssuedToken(Secret authorization, long until) {}

  private final Ticker ticker;

  /** Ordered by use, the latest last. */
  private final Map<TokenKey, IssuedToken> kept =
      new LinkedHashMap<>(16, 0.75f, true); // guarded by this

  TokenCache(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Returns a token that the registry accepted before; null if absent. */
  synchronized @Nullable IssuedToken find(TokenKey key) {
    var token = kept.get(key);
    return token == null || isOver(token) ? null : token;
  }

  /** Caches a token that the registry accepted, and removes what is over or not used. */
  synchronized void keep(TokenKey key, IssuedToken token) {
    kept.values().removeIf(this::isOver);
    long until = Math.min(token.until(), ticker.nanos() + LONGEST.plus(MARGIN).toNanos());
    var shortened = new IssuedToken(token.authorization(), until);
    if (token.authorization().reveal().length() > LARGEST || isOver(shortened)) {
      return;
    }
    kept.put(key, shortened);
    if (kept.size() > MOST) {
      kept.remove(kept.keySet().iterator().next());
    }
  }

  /** Removes a token that the registry rejected, unless another one replaced it. */
  synchronized void forget(TokenKey key, IssuedToken token) {
    var held = kept.get(key);
    if (held != null && held.authorization().equals(token.authorization())) {
      kept.remove(key);
    }
  }

  private boolean isOver(IssuedToken token) {
    return token.until() - ticker.nanos() <= MARGIN.toNanos();
  }
}
