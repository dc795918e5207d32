package dev.rig.credentials.provider;

import dev.rig.credentials.net.HttpFailure;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.HttpResponse;

/** The requests of one entry, each within the time that the entry has. */
@FunctionalInterface
interface ProviderCalls {
  HttpResponse send(HttpRequest request) throws HttpFailure, InterruptedException;
}
