package dev.rig.credentials.broker;

/**
 * What a lease is held for.
 *
 * @param entry the entry that answers
 * @param registry the registry in normal form; differs from the entry's prefix only for a glob
 */
public record LeaseKey(BrokerEntry entry, String registry) {}
