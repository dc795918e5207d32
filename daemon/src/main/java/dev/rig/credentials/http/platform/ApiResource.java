package dev.rig.credentials.http.platform;

import java.util.List;

/** One resource of the platform's API with what can be done to it. */
interface ApiResource {
  List<ApiOperation> operations();
}
