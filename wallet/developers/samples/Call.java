// Sign and send a POST with a body, then a GET without one. Java 17 or newer: java Call.java
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Call {
    static final HttpClient CLIENT = HttpClient.newHttpClient();

    static String sign(String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(System.getenv("SECRET_KEY").getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }

    static String send(String method, String path, String body) throws Exception {
        String timestamp = String.valueOf(System.currentTimeMillis());
        HttpRequest request = HttpRequest.newBuilder(URI.create(System.getenv("BASE_URL") + path))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(Duration.ofSeconds(5))
            .header("content-type", "application/json")
            .header("x-api-key", System.getenv("AUTH_KEY"))
            .header("x-timestamp", timestamp)
            .header("x-signature", sign(body + "|" + timestamp))
            .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
        return CLIENT.send(request, BodyHandlers.ofString()).body();
    }

    public static void main(String[] arguments) throws Exception {
        // The text that your JSON library writes: serialise once, sign it, and send the same text.
        String body = "{\"playerId\":\"" + System.getenv("PLAYER_ID") + "\",\"currency\":\"EUR\"}";
        System.out.println(send("POST", "/wallet/balance", body));
        System.out.println(send("GET", "/game/list?page=1", ""));
    }
}
