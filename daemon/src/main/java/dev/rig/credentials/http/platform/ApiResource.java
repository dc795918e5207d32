package dev.rig.credentials.http.platform;

import java.util.List;

/** One resource of the platform's API with its operations. */
interface ApiResource {
  List<ApiOperation> operations();
}
