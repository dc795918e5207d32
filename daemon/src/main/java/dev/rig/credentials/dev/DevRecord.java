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
 * The sealed data of the development registry.
 *
 * @param place where it listens
 * @param credential the only credential for pushes and pulls
 * @param authority signs its certificate; null if it never had TLS
 * @param behind the loopback port of the registry itself, if a front without a login serves
 *     clients; 0 without a front
 */
record DevRecord(
    DevRegistryAddress place, Credential credential, @Nullable DevAuthority authority, int behind) {
  /** The purpose of the file, from which its key is derived. */
  static final String PURPOSE = "development registry";

  private static final String LABEL = "registry";

  /** The first format: only loopback, without TLS. */
  private static final int FIRST_FORM = 1;

  /** The second format: always with a login. */
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
   * Reads what {@link #write} wrote; empty if the file does not exist.
   *
   * @throws StoreException if it cannot be read
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
          // As below: written by a later version.
        }
      }
    } catch (IOException | IllegalArgumentException | DevException otherForm) {
      // As below: its message might quote the content.
    }
    throw new StoreException("it contains a registry that this version cannot read");
  }

  private static Credential credential(DataInputStream in) throws IOException {
    return new Credential(in.readUTF(), Secret.of(in.readUTF()));
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    return in.readNBytes(in.readUnsignedShort());
  }

  /** Returns where the registry itself listens. */
  DevRegistryAddress registry() {
    return behind == 0 ? place : new DevRegistryAddress(DevRegistryAddress.LOOPBACK, behind, false);
  }

  /** Returns the host in its images' names. */
  String host() {
    return place.host();
  }

  /** Returns the authority of the current certificate; null if it has none. */
  @Nullable DevAuthority signer() {
    return place.tls() ? authority : null;
  }

  /** Omits the credential and the key. */
  @Override
  public String toString() {
    return "DevRecord[%s, redacted]".formatted(place);
  }
}
