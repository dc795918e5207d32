package dev.rig.credentials.registry.call;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.net.ZoneRule;
import dev.rig.credentials.registry.CallException;
import org.jspecify.annotations.Nullable;

/**
 * How redirects are followed.
 *
 * @param rule where the addresses that an answer names may lead
 * @param tokens for targets that let nobody in without a token
 */
public record Redirects(ZoneRule rule, AnonymousTokens tokens) {
  /** Gets tokens that anybody may have. */
  public interface AnonymousTokens {
    /**
     * A token for another origin than the one that the credential belongs to.
     *
     * @param refused the 401 of that origin
     * @return the value of the header; null if there is none
     */
    @Nullable Secret token(HttpRequest request, HttpResponse refused)
        throws CallException, InterruptedException;
  }
}
