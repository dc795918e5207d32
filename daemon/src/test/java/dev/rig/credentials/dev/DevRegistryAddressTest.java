package dev.rig.credentials.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DevRegistryAddressTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, false, localhost:30000, http://127.0.0.1:30000/v2/",
    "127.0.0.1, true, localhost:30000, https://127.0.0.1:30000/v2/",
    "127.0.0.2, false, 127.0.0.2:30000, http://127.0.0.2:30000/v2/",
    "192.0.2.7, true, 192.0.2.7:30000, https://192.0.2.7:30000/v2/",
    "fd00::7, true, [fd00:0:0:0:0:0:0:7]:30000, https://[fd00:0:0:0:0:0:0:7]:30000/v2/"
  })
  void hostIsTheBeginningOfImageNames(String address, boolean tls, String host, String api) {
    var place = new DevRegistryAddress(address, 30_000, tls);
    assertEquals(host, place.host());
    assertEquals(api, place.api());
  }

  /** T5: no credential in plain text to an address that other machines can reach. */
  @Test
  void t5_addressThatOthersReachHasTls() {
    var thrown =
        assertThrows(DevException.class, () -> new DevRegistryAddress("192.0.2.7", 30_000, false));
    assertTrue(String.valueOf(thrown.getMessage()).contains("in plain text"), thrown::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "dev.example", "", "127.0.0.1 "})
  void placeWithoutAnAddressIsRefused(String address) {
    assertThrows(DevException.class, () -> new DevRegistryAddress(address, 30_000, true));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 65_536})
  void portMustBeValid(int port) {
    assertThrows(
        DevException.class, () -> new DevRegistryAddress(DevRegistryAddress.LOOPBACK, port, false));
  }
}
