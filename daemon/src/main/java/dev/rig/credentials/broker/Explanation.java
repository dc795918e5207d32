package dev.rig.credentials.broker;

import dev.rig.credentials.credential.Lookup;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a request was answered. Contains a lease; its output must omit the credential.
 *
 * @param reference the request in its normal form
 * @param considered every matching entry, the longest prefix first
 * @param answering the entry that answers, with its state; null if none does
 * @param lookup the answer
 */
public record Explanation(
    String reference, List<Considered> considered, @Nullable EntryState answering, Lookup lookup) {
  /**
   * A matching entry.
   *
   * @param answers whether this entry answers
   * @param why the reason, shown to people
   */
  public record Considered(BrokerEntry entry, boolean answers, String why) {}

  /** Returns a copy without the entries that must not be shown. */
  public Explanation showing(Predicate<BrokerEntry> shown) {
    return new Explanation(
        reference,
        considered.stream().filter(one -> shown.test(one.entry())).toList(),
        answering == null || shown.test(answering.entry()) ? answering : null,
        lookup);
  }
}
