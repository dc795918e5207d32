package dev.rig.credentials.provider;

import dev.rig.credentials.net.HttpFailure;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.HttpResponse;

/** Sends the requests of one entry, each within the entry's timeout. */
@FunctionalInterface
interface ProviderCalls {
  HttpResponse send(HttpRequest request) throws HttpFailure, InterruptedException;
}
