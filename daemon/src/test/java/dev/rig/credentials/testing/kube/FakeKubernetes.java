package dev.rig.credentials.testing.kube;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rig.credentials.testing.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;

/**
 * The part of an API server that pull secrets use: namespaced objects with versions, selectors,
 * watches, merge patches and server-side apply, behind a token and RBAC. On a port of loopback,
 * without TLS.
 *
 * <p>fabric8's mock server has no server-side apply (fabric8io/kubernetes-client#5337).
 */
public final class FakeKubernetes implements AutoCloseable {
  /** A request in the terms of RBAC. */
  public record Asked(String verb, String group, String resource, String namespace, String name) {
    /** Returns the permission in a rule's terms: {@code verb group/resource}. */
    public String permission() {
      return verb + " " + group + "/" + resource;
    }
  }

  private record Path(
      String group, String version, String resource, String namespace, String name) {}

  private final Map<String, Map<String, Object>> objects = new TreeMap<>();
  private final Map<String, FieldOwners> owners = new HashMap<>();
  private final FakeWatches watches = new FakeWatches();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Set<String> watchTimeouts = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final int port;
  private volatile HttpServer server;
  private volatile String unknown = "";
  private volatile String conflicting = "";
  private volatile String ending = "";
  private volatile boolean listening = true;
  private volatile String token = "";
  private volatile Predicate<Asked> allowed = request -> true;
  private long version;
  private long uids;

  /** Starts a server. */
  public FakeKubernetes() {
    server = open(0);
    port = server.getAddress().getPort();
  }

  private HttpServer open(int at) {
    try {
      var opened =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 0);
      opened.setExecutor(threads);
      opened.createContext("/", this::handle);
      opened.start();
      return opened;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Stops listening until {@link #comeBack}. All objects stay. */
  public void goAway() {
    listening = false;
    server.stop(0);
    endWatches();
  }

  /** Ends every watch, as a server does from time to time. */
  public synchronized void endWatches() {
    watches.end();
  }

  /** Forgets every version: watches are answered with 410 Gone, and lists start again. */
  public synchronized void expireWatches() {
    watches.expire(++version);
    watches.end();
  }

  /** Sends nothing more to the watches that are open now. */
  public synchronized void hangWatches() {
    watches.hang();
  }

  /** Returns the timeouts that watches requested, in seconds, as text. */
  public Set<String> watchTimeouts() {
    return Set.copyOf(watchTimeouts);
  }

  /** Returns how many watches are open. */
  public synchronized int openWatches() {
    return watches.count();
  }

  public void comeBack() {
    server = open(port);
    listening = true;
  }

  /** Requires this token for all further requests. */
  public void accept(String bearerToken) {
    token = bearerToken;
  }

  /** Permits only these requests from then on. */
  public void allow(Predicate<Asked> requests) {
    allowed = requests;
  }

  /** Removes that kind of object. */
  public void unknown(String resource) {
    unknown = resource;
  }

  /** Answers every such request with a conflict, as if another client had changed the object. */
  public void conflictAt(String verb, String resource) {
    conflicting = verb + " " + resource;
  }

  /** Marks the namespace as being deleted: it accepts no new objects. */
  public void end(String namespace) {
    ending = namespace;
  }

  /** Runs an action right before the next such request. */
  public void beforeNext(String verb, String resource, Runnable happens) {
    var before = allowed;
    allowed =
        request -> {
          if (request.verb().equals(verb) && request.resource().equals(resource)) {
            allowed = before;
            happens.run();
          }
          return before.test(request);
        };
  }

  /** Returns all performed or rejected requests in order, without those with a wrong token. */
  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  public void forget() {
    asked.clear();
  }

  /** Returns an object of the server; the key is {@code resource/namespace/name}. */
  public synchronized Optional<Map<String, Object>> object(String key) {
    return Optional.ofNullable(objects.get(key)).map(FakeKubernetes::copy);
  }

  /** Returns the keys of all objects of a resource. */
  public synchronized List<String> keys(String resource) {
    return objects.keySet().stream().filter(key -> key.startsWith(resource + "/")).toList();
  }

  /** Writes an object, as another client would. */
  @SuppressWarnings("unchecked") // JSON's own types
  public synchronized void put(String resource, String json) {
    var object = parse(json.getBytes(StandardCharsets.UTF_8));
    var metadata = (Map<String, Object>) object.get("metadata");
    store(
        resource
            + "/"
            + Objects.requireNonNullElse(metadata.get("namespace"), "")
            + "/"
            + metadata.get("name"),
        object,
        "another-client");
  }

  /** Changes an object by a merge patch, as another client would. */
  public synchronized void merge(String key, String patch) {
    var next = copy(objects.get(key));
    mergeInto(next, parse(patch.getBytes(StandardCharsets.UTF_8)));
    store(key, next, "another-client");
  }

  /** Removes an object, as another client would. */
  public synchronized void remove(String key) {
    Objects.requireNonNull(discard(key), key);
  }

  private Map<String, Object> discard(String key) {
    var old = objects.remove(key);
    owners.remove(key);
    if (old != null) {
      var last = copy(old);
      child(last, "metadata").put("resourceVersion", String.valueOf(++version));
      watches.changed(version, key, old, null, last);
    }
    return old;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = exchange.getRequestBody().readAllBytes();
      if (exchange.getRequestHeaders().containsKey("Sec-WebSocket-Key")) {
        if (mayWatch(exchange)) {
          exchange.sendResponseHeaders(200, -1); // no WebSockets: clients then watch by HTTP
          return;
        }
      }
      Answer answer;
      try {
        answer = answer(exchange, body);
        if (answer == null) {
          return; // a watch that has ended
        }
      } catch (Failure e) {
        answer = e.answer();
      } catch (RuntimeException e) {
        answer = failure(500, String.valueOf(e)).answer();
      }
      var bytes = Json.bytes(answer.body());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private record Answer(int status, Map<String, Object> body) {}

  private static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final String cause;

    Failure(int status, String message, String cause) {
      super(message);
      this.status = status;
      this.cause = cause;
    }

    Answer answer() {
      return new Answer(
          status,
          Map.of(
              "kind",
              "Status",
              "apiVersion",
              "v1",
              "status",
              "Failure",
              "message",
              String.valueOf(getMessage()),
              "details",
              Map.of("causes", List.of(Map.of("reason", cause))),
              "code",
              status));
    }
  }

  private static Failure failure(int status, String message) {
    return failure(status, message, "");
  }

  private static Failure failure(int status, String message, String cause) {
    return new Failure(status, message, cause);
  }

  private Answer answer(HttpExchange exchange, byte[] body) throws IOException {
    if (!token.isEmpty()
        && !("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      throw failure(401, "Unauthorized");
    }
    if (exchange.getRequestURI().getPath().endsWith("/log")) {
      throw failure(404, "there is no log");
    }
    var path = path(exchange.getRequestURI().getPath());
    var query = query(exchange.getRequestURI().getRawQuery());
    var method = exchange.getRequestMethod();
    boolean watch = "true".equals(query.get("watch"));
    var request =
        new Asked(
            watch ? "watch" : verb(method, path),
            path.group(),
            path.resource(),
            path.namespace(),
            path.name());
    admit(request);
    if (watch) {
      stream(exchange, path, query);
      return null;
    }
    var type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
    synchronized (this) {
      return switch (request.verb()) {
        case "list" -> new Answer(200, list(path, query));
        case "get" -> new Answer(200, found(path));
        case "create" -> new Answer(201, create(path, parse(body)));
        case "update" -> new Answer(200, update(path, parse(body)));
        case "patch" ->
            type.startsWith("application/apply-patch")
                ? apply(path, query, parse(body))
                : new Answer(200, merge(path, type, parse(body)));
        case "delete" ->
            new Answer(
                200,
                delete(
                    path, parse(body.length == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : body)));
        default -> throw failure(405, method);
      };
    }
  }

  private void admit(Asked request) {
    asked.add(request);
    if (request.resource().equals(unknown)) {
      throw failure(404, "the server could not find the requested resource");
    }
    if (conflicting.equals(request.verb() + " " + request.resource())) {
      throw failure(409, "the object has been modified");
    }
    if (request.verb().equals("create") && request.namespace().equals(ending)) {
      throw failure(403, "forbidden: namespace is being terminated", "NamespaceTerminating");
    }
    if (!allowed.test(request)) {
      throw failure(403, request.resource() + " is forbidden: cannot " + request.verb());
    }
  }

  private boolean mayWatch(HttpExchange exchange) {
    var path = path(exchange.getRequestURI().getPath());
    return allowed.test(
        new Asked("watch", path.group(), path.resource(), path.namespace(), path.name()));
  }

  /** Serves a watch, one line of JSON per change, until one side ends it. */
  private void stream(HttpExchange exchange, Path path, Map<String, String> query)
      throws IOException {
    var events = new LinkedBlockingQueue<Map<String, Object>>();
    var end = Map.<String, Object>of();
    FakeWatches.Open watch;
    watchTimeouts.add(query.getOrDefault("timeoutSeconds", "none"));
    synchronized (this) {
      watch =
          watches.open(
              Long.parseLong(query.getOrDefault("resourceVersion", "0")),
              prefix(path.resource(), path.namespace()),
              object -> selected(object, query),
              new FakeWatches.Sink() {
                @Override
                public void event(String type, Map<String, Object> object) {
                  events.add(Map.of("type", type, "object", copy(object)));
                }

                @Override
                public void end() {
                  events.add(end);
                }
              });
    }
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    var out = exchange.getResponseBody();
    if (watch == null) {
      out.write(
          Json.bytes(
              Map.of(
                  "type",
                  "ERROR",
                  "object",
                  failure(410, "too old resource version").answer().body())));
      out.write('\n');
      out.flush();
      return;
    }
    try {
      for (var event = events.take(); !event.isEmpty(); event = events.take()) {
        out.write(Json.bytes(event));
        out.write('\n');
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      synchronized (this) {
        watch.close();
      }
    }
  }

  /** A watch without HTTP, for tests that move time themselves. */
  public interface Direct {
    void present(Map<String, Object> object);

    void absent(String namespace, String name);

    /** Reports that the server has ended the watch. */
    void end();
  }

  /** An open watch of this kind. */
  public interface DirectWatch extends AutoCloseable {
    boolean isOpen();

    /** Returns whether the server sends it nothing more. */
    boolean hangs();

    @Override
    void close();
  }

  /**
   * Lists and watches, with the required rights; nothing changes during a call.
   *
   * @param namespace empty for all
   * @param query as in a URL
   * @throws RuntimeException if the request is rejected, with the status and the reason
   */
  public synchronized DirectWatch watch(
      String group, String resource, String namespace, Map<String, String> query, Direct direct) {
    if (!listening) {
      throw failure(0, "nobody listens");
    }
    admit(new Asked("list", group, resource, namespace, ""));
    admit(new Asked("watch", group, resource, namespace, ""));
    var prefix = prefix(resource, namespace);
    objects.forEach((key, object) -> {
      if (key.startsWith(prefix) && selected(object, query)) {
        direct.present(copy(object));
      }
    });
    var open =
        watches.open(
            version,
            prefix,
            object -> selected(object, query),
            new FakeWatches.Sink() {
              @Override
              public void event(String type, Map<String, Object> object) {
                if (type.equals("DELETED")) {
                  var metadata = child(object, "metadata");
                  direct.absent(
                      String.valueOf(Objects.requireNonNullElse(metadata.get("namespace"), "")),
                      String.valueOf(metadata.get("name")));
                } else {
                  direct.present(copy(object));
                }
              }

              @Override
              public void end() {
                direct.end();
              }
            });
    return new DirectWatch() {
      @Override
      public boolean isOpen() {
        return open.isOpen();
      }

      @Override
      public boolean hangs() {
        return open.hangs();
      }

      @Override
      public void close() {
        open.close();
      }
    };
  }

  private static String prefix(String resource, String namespace) {
    return resource + "/" + (namespace.isEmpty() ? "" : namespace + "/");
  }

  /**
   * {@code /api/v1/…} or {@code /apis/GROUP/VERSION/…}, then {@code
   * [namespaces/NS/]RESOURCE[/NAME]}.
   */
  private static Path path(String text) {
    var parts = new ArrayList<>(Arrays.asList(text.substring(1).split("/", -1)));
    var group = parts.removeFirst().equals("apis") ? parts.removeFirst() : "";
    var version = parts.removeFirst();
    var namespace = "";
    if (parts.size() > 2 && parts.getFirst().equals("namespaces")) {
      parts.removeFirst();
      namespace = parts.removeFirst();
    }
    var resource = parts.removeFirst();
    return new Path(group, version, resource, namespace, parts.isEmpty() ? "" : parts.getFirst());
  }

  private static String verb(String method, Path path) {
    return switch (method) {
      case "GET" -> path.name().isEmpty() ? "list" : "get";
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> "delete";
      default -> method;
    };
  }

  private static Map<String, String> query(String text) {
    var query = new TreeMap<String, String>();
    if (text != null) {
      for (var pair : text.split("&", -1)) {
        int equals = pair.indexOf('=');
        query.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return query;
  }

  private static String key(Path path) {
    return path.resource() + "/" + path.namespace() + "/" + path.name();
  }

  private Map<String, Object> found(Path path) {
    var object = objects.get(key(path));
    if (object == null) {
      throw failure(404, path.resource() + " \"" + path.name() + "\" not found");
    }
    return object;
  }

  private Map<String, Object> list(Path path, Map<String, String> query) {
    var prefix = prefix(path.resource(), path.namespace());
    var items =
        objects.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(prefix))
            .map(Map.Entry::getValue)
            .filter(object -> selected(object, query))
            .toList();
    return Map.of(
        "kind",
        "List",
        "apiVersion",
        "v1",
        "metadata",
        Map.of("resourceVersion", String.valueOf(version)),
        "items",
        items);
  }

  private static boolean selected(Map<String, Object> object, Map<String, String> query) {
    var metadata = child(object, "metadata");
    var label = query.getOrDefault("labelSelector", "");
    var field = query.getOrDefault("fieldSelector", "");
    if (field.startsWith("status.phase=")) {
      return field.equals("status.phase=" + child(object, "status").get("phase"));
    }
    return (label.isEmpty() || label.equals(pair(label, child(metadata, "labels"))))
        && (field.isEmpty() || field.equals("metadata.name=" + metadata.get("name")));
  }

  /** Returns the label in a selector, as {@code key=value}. */
  private static String pair(String selector, Map<String, Object> labels) {
    var name = selector.substring(0, selector.indexOf('='));
    return name + "=" + labels.get(name);
  }

  private Map<String, Object> create(Path path, Map<String, Object> object) {
    var name = String.valueOf(child(object, "metadata").get("name"));
    var key = path.resource() + "/" + path.namespace() + "/" + name;
    if (objects.containsKey(key)) {
      throw failure(409, path.resource() + " \"" + name + "\" already exists");
    }
    return store(key, object, "another-client");
  }

  private Map<String, Object> update(Path path, Map<String, Object> object) {
    checkVersion(found(path), child(object, "metadata"));
    return store(key(path), object, "another-client");
  }

  /**
   * Server-side apply: fields that the manager applied earlier and does not apply now are removed;
   * fields of others stay, and are only overwritten by force; an apply without a change writes
   * nothing.
   */
  private Answer apply(Path path, Map<String, String> query, Map<String, Object> object) {
    var manager = query.getOrDefault("fieldManager", "");
    if (manager.isEmpty()) {
      throw failure(400, "fieldManager is required for apply patch");
    }
    boolean force = "true".equals(query.get("force"));
    var old = objects.get(key(path));
    var metadata = child(object, "metadata");
    if (old == null) {
      if (metadata.get("uid") != null || metadata.get("resourceVersion") != null) {
        throw failure(409, "the object has been deleted");
      }
      // Creating by apply also requires the right to create (kubernetes
      // pkg/endpoints/handlers/patch.go).
      admit(new Asked("create", path.group(), path.resource(), path.namespace(), path.name()));
      object.put("managed", manager);
      owners(key(path)).apply(new LinkedHashMap<>(), object, manager, force);
      return new Answer(201, stored(key(path), object));
    }
    checkVersion(old, metadata);
    var next = copy(old);
    try {
      owners(key(path)).apply(next, object, manager, force);
    } catch (FieldOwners.Conflict e) {
      throw failure(409, String.valueOf(e.getMessage()), "FieldManagerConflict");
    }
    next.put("managed", manager);
    return new Answer(200, next.equals(old) ? old : stored(key(path), next));
  }

  private FieldOwners owners(String key) {
    return owners.computeIfAbsent(key, one -> new FieldOwners());
  }

  private static void checkVersion(Map<String, Object> old, Map<String, Object> metadata) {
    for (var field : List.of("uid", "resourceVersion")) {
      var wanted = metadata.get(field);
      if (wanted != null && !wanted.equals(child(old, "metadata").get(field))) {
        throw failure(409, "the object has been modified");
      }
    }
  }

  private Map<String, Object> merge(Path path, String type, Map<String, Object> patch) {
    if (!type.startsWith("application/merge-patch+json")) {
      throw failure(415, "the body of the request was in an unknown format: " + type);
    }
    checkVersion(found(path), child(patch, "metadata"));
    var next = copy(found(path));
    mergeInto(next, patch);
    return store(key(path), next, "another-client");
  }

  /** RFC 7386. */
  private static void mergeInto(Map<String, Object> target, Map<String, Object> patch) {
    patch.forEach((name, value) -> {
      if (value == null) {
        target.remove(name);
      } else if (value instanceof Map<?, ?>) {
        mergeInto(child(target, name), child(patch, name));
      } else {
        target.put(name, value);
      }
    });
  }

  private Map<String, Object> delete(Path path, Map<String, Object> options) {
    var old = found(path);
    checkVersion(old, child(options, "preconditions"));
    discard(key(path));
    return Map.of("kind", "Status", "apiVersion", "v1", "status", "Success");
  }

  private Map<String, Object> store(String key, Map<String, Object> object, String manager) {
    var old = objects.get(key);
    owners(key).wrote(old == null ? Map.of() : old, object, manager);
    return stored(key, object);
  }

  private Map<String, Object> stored(String key, Map<String, Object> object) {
    var parts = key.split("/", -1);
    var metadata = child(object, "metadata");
    if (!parts[1].isEmpty()) {
      metadata.put("namespace", parts[1]);
    }
    var old = objects.get(key);
    metadata.put("uid", old == null ? "uid-" + ++uids : child(old, "metadata").get("uid"));
    metadata.put("resourceVersion", String.valueOf(++version));
    objects.put(key, object);
    watches.changed(version, key, old, object, object);
    return object;
  }

  /** Returns a field that is an object; creates it if absent. */
  @SuppressWarnings("unchecked") // JSON's own types
  private static Map<String, Object> child(Map<String, Object> object, String name) {
    return object.get(name) instanceof Map<?, ?> map
        ? (Map<String, Object>) map
        : made(object, name);
  }

  private static Map<String, Object> made(Map<String, Object> object, String name) {
    var child = new LinkedHashMap<String, Object>();
    object.put(name, child);
    return child;
  }

  private static Map<String, Object> parse(byte[] json) {
    try {
      return Json.object(json);
    } catch (UncheckedIOException e) {
      throw failure(400, "not JSON");
    }
  }

  private static Map<String, Object> copy(Map<String, Object> object) {
    return parse(Json.bytes(object));
  }
}
