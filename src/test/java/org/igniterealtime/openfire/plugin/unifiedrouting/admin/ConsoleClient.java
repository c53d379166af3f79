package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.igniterealtime.openfire.testserver.OpenfireServer;

/** A browser in the admin console, with one session. Follows no scripts and needs none. Not thread-safe. */
final class ConsoleClient {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Pattern HIDDEN =
            Pattern.compile("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"");

    private static final Pattern FIELD = Pattern.compile(
            "<input type=\"(?:hidden|text)\"(?: id=\"[^\"]*\")? name=\"([^\"]+)\"[^>]*? value=\"([^\"]*)\"");
    private static final Pattern SELECT = Pattern.compile("<select id=\"([^\"]+)\"[^>]*>(.*?)</select>");
    private static final Pattern SELECTED = Pattern.compile("<option value=\"([^\"]+)\" selected=");

    private final HttpClient http = HttpClient.newBuilder()
            .cookieHandler(new CookieManager())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(TIMEOUT)
            .build();
    private final URI pages;

    ConsoleClient(OpenfireServer server) {
        pages = URI.create("http://127.0.0.1:" + server.adminPort() + "/plugins/unifiedrouting/");
    }

    String get(String page) {
        return send(HttpRequest.newBuilder(pages.resolve(page)).GET());
    }

    /** Sends a form with these fields and the hidden ones of the page that it stands on. */
    String submit(String page, String html, Map<String, String> fields) {
        Map<String, String> all = new LinkedHashMap<>(fields);
        Matcher hidden = HIDDEN.matcher(html);
        while (hidden.find()) {
            all.put(hidden.group(1), unescaped(hidden.group(2)));
        }
        return post(page, all);
    }

    /** Sends a form as a browser does: all that its page says, but for these fields. */
    String submitAll(String page, String html, Map<String, String> fields) {
        Map<String, String> all = new LinkedHashMap<>();
        Matcher field = FIELD.matcher(html);
        while (field.find()) {
            all.put(field.group(1), unescaped(field.group(2)));
        }
        Matcher select = SELECT.matcher(html);
        while (select.find()) {
            Matcher option = SELECTED.matcher(select.group(2));
            all.put(select.group(1), option.find() ? option.group(1) : "");
        }
        all.putAll(fields);
        return post(page, all);
    }

    private static String unescaped(String text) {
        return text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&amp;", "&");
    }

    String post(String page, Map<String, String> fields) {
        String form = fields.entrySet().stream()
                .map(field -> encoded(field.getKey()) + '=' + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        return send(HttpRequest.newBuilder(pages.resolve(page))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    private String send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(
                    request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (response.statusCode() != 200) {
                throw new AssertionError(response + ": " + response.body());
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
