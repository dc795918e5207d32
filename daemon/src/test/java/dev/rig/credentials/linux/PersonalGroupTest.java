package dev.rig.credentials.linux;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.linux.PersonalGroup.Account;
import dev.rig.credentials.linux.PersonalGroup.Members;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PersonalGroupTest {
  private static final Account ANN = new Account("ann", true);
  private static final Account NOBODY_LOGS_IN = new Account("rig", false);

  @Test
  void groupOfAPersonsNameIsPersonalUnlessItHasOtherMembers() {
    assertTrue(PersonalGroup.is(1000, 1000, false, ANN, new Members("ann", Set.of())));
    assertTrue(PersonalGroup.is(1000, 1001, true, ANN, new Members("ann", Set.of("ann"))));
    assertFalse(PersonalGroup.is(1000, 1000, true, ANN, new Members("ann", Set.of("bob"))));
    assertFalse(PersonalGroup.is(1000, 100, true, ANN, new Members("users", Set.of())));
    assertFalse(PersonalGroup.is(1000, 1000, true, ANN, null));
  }

  @Test
  void rootTheSystemsUsersAndContainersAreNoPersons() {
    var own = new Members("rig", Set.of());
    assertFalse(PersonalGroup.is(0, 0, true, new Account("rig", true), own));
    assertFalse(PersonalGroup.is(998, 998, true, new Account("rig", true), own));
    assertFalse(PersonalGroup.is(65532, 65532, false, NOBODY_LOGS_IN, own));
    assertFalse(PersonalGroup.is(65532, 65532, false, null, null));
  }

  @Test
  void sessionMakesAPersonOfAnUnknownUser() {
    assertTrue(PersonalGroup.is(20_021, 20_021, true, null, null));
    assertFalse(PersonalGroup.is(20_021, 20_022, true, null, null));
    assertFalse(PersonalGroup.is(20_021, 20_021, true, null, new Members("staff", Set.of())));
  }

  @Test
  void rootIsFoundInTheUserDatabase() {
    assertFalse(PersonalGroup.is(0, 0, true));
    assertFalse(PersonalGroup.is(65534, 0, true), "the group root is not nobody's");
  }
}
