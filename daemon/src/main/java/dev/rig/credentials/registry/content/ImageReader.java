package dev.rig.credentials.registry.content;

import dev.rig.credentials.image.Digest;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.ImageOrigin;
import dev.rig.credentials.registry.ImagePlatform;
import dev.rig.credentials.registry.ResolvedImage;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads an image and its configuration; every byte is verified against its digest. */
public final class ImageReader {
  /**
   * A manifest with the digest of its bytes.
   *
   * @param size in bytes
   */
  private record LoadedManifest(ImageManifest manifest, Digest digest, long size) {}

  /**
   * An image's configuration.
   *
   * @param createdAt null if absent
   */
  private record Config(@Nullable Instant createdAt, Map<String, String> labels) {
    static final Config NONE = new Config(null, Map.of());
  }

  private static final String MANIFESTS =
      String.join(
          ", ",
          ImageManifest.OCI_INDEX,
          ImageManifest.DOCKER_LIST,
          ImageManifest.OCI_MANIFEST,
          ImageManifest.DOCKER_MANIFEST);

  private static final String SOURCE = "org.opencontainers.image.source";
  private static final String REVISION = "org.opencontainers.image.revision";
  private static final String CREATED = "org.opencontainers.image.created";

  private final RepositorySession session;
  private final boolean repositoryKnown;

  /**
   * Creates a reader.
   *
   * @param repositoryKnown whether the repository is known to exist, so that only a tag can be
   *     missing
   */
  public ImageReader(RepositorySession session, boolean repositoryKnown) {
    this.session = session;
    this.repositoryKnown = repositoryKnown;
  }

  /**
   * Reads the image of a tag or digest.
   *
   * @param tag for the result; null if absent
   * @param wanted the expected digest; null for the tag's current one
   * @throws CallException if the image does not exist, is invalid, or cannot be read
   */
  public ResolvedImage read(@Nullable String tag, @Nullable Digest wanted)
      throws CallException, InterruptedException {
    var found = manifest(wanted == null ? String.valueOf(tag) : wanted.toString(), wanted);
    var platforms =
        found.manifest() instanceof ImageManifest.Index index
            ? index.platforms()
            : List.<ImagePlatform>of();
    var image = image(found.manifest());
    var config = image == null || image.config() == null ? Config.NONE : config(image.config());
    var annotations = new TreeMap<String, String>();
    if (image != null) {
      annotations.putAll(image.annotations());
    }
    annotations.putAll(found.manifest().annotations());
    return new ResolvedImage(
        session.image().host(),
        session.image().path(),
        tag,
        found.digest(),
        found.manifest().mediaType(),
        found.size(),
        image == null ? null : image.imageSize(),
        config.createdAt() == null ? instant(annotations.get(CREATED)) : config.createdAt(),
        new TreeMap<>(config.labels()),
        new ImageOrigin(
            first(annotations.get(SOURCE), config.labels().get(SOURCE)),
            first(annotations.get(REVISION), config.labels().get(REVISION))),
        platforms);
  }

  private static @Nullable String first(@Nullable String one, @Nullable String other) {
    return one == null || one.isEmpty() ? other : one;
  }

  /** Returns the image that is described: for an index that of linux/amd64, or its first. */
  private ImageManifest.@Nullable Image image(ImageManifest manifest)
      throws CallException, InterruptedException {
    if (manifest instanceof ImageManifest.Image image) {
      return image;
    }
    var platforms = ((ImageManifest.Index) manifest).platforms();
    for (var platform : platforms) {
      if (platform.os().equals("linux") && platform.architecture().equals("amd64")) {
        return image(platform);
      }
    }
    return platforms.isEmpty() ? null : image(platforms.getFirst());
  }

  private ImageManifest.@Nullable Image image(ImagePlatform platform)
      throws CallException, InterruptedException {
    var reply = unchanging(platform.digest(), this::manifestOf);
    return manifest(reply) instanceof ImageManifest.Image image
        ? image
        : null; // an index of indexes
  }

  private interface Fetch {
    /** Returns a response whose body has that digest. */
    HttpResponse of(Digest digest) throws CallException, InterruptedException;
  }

  /**
   * Returns the cached content, or fetches and caches it: the content of a digest never changes.
   */
  private HttpResponse unchanging(Digest digest, Fetch fetch)
      throws CallException, InterruptedException {
    var kept = session.kept(digest);
    if (kept != null) {
      return kept;
    }
    var reply = fetch.of(digest);
    session.keep(digest, reply);
    return reply;
  }

  private HttpResponse manifestOf(Digest digest) throws CallException, InterruptedException {
    var reply = reply(digest.toString());
    digest(reply, digest);
    return reply;
  }

  private LoadedManifest manifest(String reference, @Nullable Digest wanted)
      throws CallException, InterruptedException {
    var reply = reply(reference);
    var digest = digest(reply, wanted);
    return new LoadedManifest(manifest(reply), digest, reply.body().length);
  }

  private HttpResponse reply(String reference) throws CallException, InterruptedException {
    var reply = session.get("/manifests/" + reference, MANIFESTS);
    if (reply.status() == 404) {
      throw missing(reply);
    }
    return reply;
  }

  private ImageManifest manifest(HttpResponse reply) throws CallException {
    return ImageManifest.read(reply.body(), reply.header("content-type"), session.who());
  }

  private Digest digest(HttpResponse reply, @Nullable Digest wanted) throws CallException {
    if (wanted != null && !wanted.matches(reply.body())) {
      throw CallException.badAnswer(session.who() + " sent a manifest with a different digest");
    }
    var said = reply.header("docker-content-digest");
    if (said == null) {
      return wanted == null ? Digest.sha256(reply.body()) : wanted;
    }
    Digest digest;
    try {
      digest = Digest.parse(said);
    } catch (InvalidReferenceException e) {
      throw CallException.badAnswer(session.who() + " sent an invalid digest with a manifest");
    }
    if (!digest.matches(reply.body())) {
      throw CallException.badAnswer(session.who() + " sent a manifest with a wrong digest header");
    }
    return wanted == null ? digest : wanted;
  }

  /**
   * Distinguishes a missing tag from a missing repository by the list of tags, because not all
   * registries report it.
   */
  private CallException missing(HttpResponse reply) throws InterruptedException {
    var errors = RegistryErrors.of(reply);
    if (errors.isAboutAccept()) {
      var said = session.message(errors);
      return CallException.badAnswer(
          session.who() + " has it in an unsupported format" + (said.isEmpty() ? "" : ": " + said));
    }
    boolean noRepository =
        !repositoryKnown
            && (errors.hasCode("NAME_UNKNOWN") || errors.hasCode("NAME_INVALID") || hasNoTags());
    return noRepository
        ? noSuchRepository(session)
        : CallException.noSuchTag(
            "%s has no such tag or digest in %s".formatted(session.who(), session.image().path()));
  }

  static CallException noSuchRepository(RepositorySession session) {
    return CallException.noSuchRepository(
        "%s has no repository %s".formatted(session.who(), session.image().path()));
  }

  private boolean hasNoTags() throws InterruptedException {
    try {
      var reply = session.get("/tags/list?n=1", "application/json");
      return reply.status() == 404 && !RegistryErrors.of(reply).hasCode("UNSUPPORTED");
    } catch (CallException e) {
      return false; // the tag is missing, regardless of other errors
    }
  }

  private Config config(Digest digest) throws CallException, InterruptedException {
    var reply = unchanging(digest, this::configOf);
    var json = CallException.json(reply.body(), session.who());
    return new Config(
        instant(json.text("created")), json.object("config").object("Labels").texts());
  }

  private HttpResponse configOf(Digest digest) throws CallException, InterruptedException {
    var reply = session.get("/blobs/" + digest, "application/octet-stream, application/json");
    if (reply.status() == 404) {
      throw CallException.badAnswer(session.who() + " does not have the image's configuration");
    }
    if (!digest.matches(reply.body())) {
      throw CallException.badAnswer(
          session.who() + " sent a configuration with a different digest");
    }
    return reply;
  }

  /** Parses an RFC 3339 time; returns null if absent, invalid or Go's zero time. */
  private static @Nullable Instant instant(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      var instant = OffsetDateTime.parse(text).toInstant();
      return instant.isBefore(Instant.EPOCH) ? null : instant;
    } catch (DateTimeException e) {
      return null;
    }
  }
}
