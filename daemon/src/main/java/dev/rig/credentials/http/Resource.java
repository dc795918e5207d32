package dev.rig.credentials.http;

import java.util.List;

/** One resource of the platform's API with what can be done to it. */
interface Resource {
  List<Operation> operations();
}
