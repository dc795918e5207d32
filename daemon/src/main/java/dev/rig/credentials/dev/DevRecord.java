package dev.rig.credentials.dev;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.store.SealedFile;
import dev.rig.credentials.store.SealedRecord;
import dev.rig.credentials.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of the development registry, sealed.
 *
 * @param place where it listens
 * @param credential who may push and pull: nobody else
 * @param authority who signs its certificate; null where it never had TLS
 * @param behind the port of loopback where the registry itself listens, behind a front that asks
 *     for no login; 0 where there is no front
 */
record DevRecord(
    DevRegistryAddress place, Credential credential, @Nullable DevAuthority authority, int behind) {
  /** What the file is for: its key is made of that. */
  static final String PURPOSE = "development registry";

  private static final String LABEL = "registry";

  /** The first form had no place but loopback, and no TLS. */
  private static final int FIRST_FORM = 1;

  /** The second always asked for a login. */
  private static final int SECOND_FORM = 2;

  private static final int FORM = 3;

  void write(SealedFile file) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(FORM);
      out.writeUTF(place.address());
      out.writeInt(place.port());
      out.writeBoolean(place.tls());
      out.writeUTF(credential.username());
      out.writeUTF(credential.secret().reveal());
      out.writeBoolean(authority != null);
      if (authority != null) {
        write(out, authority.key());
        write(out, authority.certificate());
      }
      out.writeInt(behind);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array does not fail
    }
    file.write(List.of(new SealedRecord(LABEL, bytes.toByteArray())));
  }

  private static void write(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeShort(bytes.length);
    out.write(bytes);
  }

  /**
   * Reads what {@link #write} wrote; empty where there is nothing.
   *
   * @throws StoreException when it cannot be read
   */
  static Optional<DevRecord> read(SealedFile file) {
    return file.read()
        .flatMap(contents -> contents.of(LABEL).stream().findFirst())
        .map(DevRecord::decode);
  }

  private static DevRecord decode(byte[] content) {
    try (var in = new DataInputStream(new ByteArrayInputStream(content))) {
      int form = in.readByte();
      switch (form) {
        case FIRST_FORM -> {
          var place = new DevRegistryAddress(DevRegistryAddress.LOOPBACK, in.readInt(), false);
          return new DevRecord(place, credential(in), null, 0);
        }
        case SECOND_FORM, FORM -> {
          var place = new DevRegistryAddress(in.readUTF(), in.readInt(), in.readBoolean());
          var credential = credential(in);
          var authority = in.readBoolean() ? DevAuthority.of(bytes(in), bytes(in)) : null;
          return new DevRecord(place, credential, authority, form == FORM ? in.readInt() : 0);
        }
        default -> {
          // As below: a later version's.
        }
      }
    } catch (IOException | IllegalArgumentException | DevException otherForm) {
      // As below: its message might quote what was read.
    }
    throw new StoreException("it holds a registry that this version cannot read");
  }

  private static Credential credential(DataInputStream in) throws IOException {
    return new Credential(in.readUTF(), Secret.of(in.readUTF()));
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    return in.readNBytes(in.readUnsignedShort());
  }

  /** Where the registry itself listens. */
  DevRegistryAddress registry() {
    return behind == 0 ? place : new DevRegistryAddress(DevRegistryAddress.LOOPBACK, behind, false);
  }

  /** How images of it begin. */
  String host() {
    return place.host();
  }

  /** Who signs its certificate now; null where it has none. */
  @Nullable DevAuthority signer() {
    return place.tls() ? authority : null;
  }

  /** The credential and the key are left out. */
  @Override
  public String toString() {
    return "DevRecord[%s, redacted]".formatted(place);
  }
}
