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
import java.time.DateTimeException;
import java.time.Instant;

/** A login as stored in the sealed file. */
record StoredLoginRecord(int uid, StoredLogin login) {
  /** The label of all logins; the content has the uid. */
  static final String LABEL = "login";

  /** The format that ends with the key, the user name and the secret. */
  private static final int WITHOUT_TIME = 1;

  /** The same format, followed by the time of storing in seconds since 1970. */
  private static final int WITH_TIME = 2;

  SealedRecord seal() {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      var storedAt = login.storedAt();
      out.writeByte(storedAt == null ? WITHOUT_TIME : WITH_TIME);
      out.writeInt(uid);
      out.writeUTF(login.key());
      out.writeUTF(login.credential().username());
      out.writeUTF(login.credential().secret().reveal());
      if (storedAt != null) {
        out.writeLong(storedAt.getEpochSecond());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          e); // an array does not fail, and StoredLogins limits the texts
    }
    return new SealedRecord(LABEL, bytes.toByteArray());
  }

  /**
   * Parses what {@link #seal} wrote.
   *
   * @throws StoreException for another format
   */
  static StoredLoginRecord read(byte[] content) {
    try (var in = new DataInputStream(new ByteArrayInputStream(content))) {
      int form = in.readByte();
      if (form == WITHOUT_TIME || form == WITH_TIME) {
        int uid = in.readInt();
        var key = in.readUTF();
        var credential = new Credential(in.readUTF(), Secret.of(in.readUTF()));
        var storedAt = form == WITH_TIME ? Instant.ofEpochSecond(in.readLong()) : null;
        return new StoredLoginRecord(uid, StoredLogin.of(key, credential).storedAt(storedAt));
      }
    } catch (IOException
        | InvalidReferenceException
        | IllegalArgumentException
        | DateTimeException otherForm) {
      // As below: its message might quote the content.
    }
    throw new StoreException("it contains a login that this daemon cannot read");
  }
}
