package dev.rig.credentials.store;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.image.InvalidReferenceException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A login as it lies in the sealed file. */
record LoginRecord(int uid, Login login) {
  /** All have one label: whose each is stands in its content. */
  static final String LABEL = "login";

  private static final int FORM = 1;

  SealedRecord seal() {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(FORM);
      out.writeInt(uid);
      out.writeUTF(login.key());
      out.writeUTF(login.credential().username());
      out.writeUTF(login.credential().secret().reveal());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array does not fail, and Logins bounds the texts
    }
    return new SealedRecord(LABEL, bytes.toByteArray());
  }

  /**
   * Reads what {@link #seal} wrote.
   *
   * @throws StoreException for another form
   */
  static LoginRecord read(byte[] content) {
    try (var in = new DataInputStream(new ByteArrayInputStream(content))) {
      if (in.readByte() == FORM) {
        int uid = in.readInt();
        var key = in.readUTF();
        var credential = new Credential(in.readUTF(), Secret.of(in.readUTF()));
        return new LoginRecord(uid, Login.of(key, credential));
      }
    } catch (IOException | InvalidReferenceException | IllegalArgumentException otherForm) {
      // As below: its message might quote what was read.
    }
    throw new StoreException("it holds a login that this daemon cannot read");
  }
}
