package dev.rig.credentials.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EcrHostTest {
  @ParameterizedTest
  @CsvSource({
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com, eu-west-1, false, false, false",
    "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn, cn-north-1, false, false, false",
    "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com, us-gov-west-1, false, true, false",
    "123456789012.dkr-ecr.us-west-2.on.aws, us-west-2, false, false, true",
    "123456789012.dkr-ecr-fips.us-west-2.on.aws, us-west-2, false, true, true",
    "123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov, us-iso-east-1, false, false, false",
    "public.ecr.aws, us-east-1, true, false, false",
  })
  void hostDeterminesTheRegionOfItsTokens(
      String host, String region, boolean isPublic, boolean fips, boolean dualStack) {
    assertEquals(Optional.of(new EcrHost(region, isPublic, fips, dualStack)), EcrHost.parse(host));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "12345.dkr.ecr.eu-west-1.amazonaws.com",
        "x123456789012.dkr.ecr.eu-west-1.amazonaws.com",
        "public.ecr.aws.example",
        ""
      })
  void otherHostNamesNoAccountAndRegion(String host) {
    assertEquals(Optional.empty(), EcrHost.parse(host));
  }
}
