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

/**
 * What is kept of the development registry, sealed.
 *
 * @param port on loopback
 * @param credential who may push and pull: nobody else
 */
record DevRecord(int port, Credential credential) {
  /** What the file is for: its key is made of that. */
  static final String PURPOSE = "development registry";

  private static final String LABEL = "registry";
  private static final int FORM = 1;

  void write(SealedFile file) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(FORM);
      out.writeInt(port);
      out.writeUTF(credential.username());
      out.writeUTF(credential.secret().reveal());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array does not fail
    }
    file.write(List.of(new SealedRecord(LABEL, bytes.toByteArray())));
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
      if (in.readByte() == FORM) {
        int port = in.readInt();
        return new DevRecord(port, new Credential(in.readUTF(), Secret.of(in.readUTF())));
      }
    } catch (IOException | IllegalArgumentException otherForm) {
      // As below: its message might quote what was read.
    }
    throw new StoreException("it holds a registry that this version cannot read");
  }

  /** How images of it begin. */
  String host() {
    return "localhost:" + port;
  }

  /** The credential is left out. */
  @Override
  public String toString() {
    return "DevRecord[port=" + port + ", redacted]";
  }
}
