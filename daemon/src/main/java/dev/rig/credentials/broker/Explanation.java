package dev.rig.credentials.broker;

import dev.rig.credentials.credential.Lookup;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a question was answered. Carries a lease: whoever shows it leaves the credential out.
 *
 * @param reference the question in its normal form
 * @param considered every entry that matches, the longest prefix first
 * @param answering the one that answers, with its state; null when none does
 * @param lookup the answer
 */
public record Explanation(
    String reference, List<Considered> considered, @Nullable EntryState answering, Lookup lookup) {
  /**
   * An entry that was looked at.
   *
   * @param answers whether it is the one that answers
   * @param why for people
   */
  public record Considered(BrokerEntry entry, boolean answers, String why) {}

  /** The same without the entries that are not to be shown. */
  public Explanation showing(Predicate<BrokerEntry> shown) {
    return new Explanation(
        reference,
        considered.stream().filter(one -> shown.test(one.entry())).toList(),
        answering == null || shown.test(answering.entry()) ? answering : null,
        lookup);
  }
}
