package io.howdah.node.api;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Answers what the server itself refuses, such as a damaged request line, in our JSON and without
/// saying more than the status does.
final class ApiErrors implements Request.Handler {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        String message = String.valueOf(HttpStatus.getMessage(status)).toLowerCase(Locale.ROOT);
        write(response, callback, status, new ActionReply(false, message, null), true);
        return true;
    }

    /// Writes one answer.
    static void write(
            Response response, Callback callback, int status, Object body, boolean withBody) {
        String type = "application/json";
        String text =
                switch (body) {
                    case MetricsPage page -> {
                        type = page.contentType();
                        yield page.text();
                    }
                    case String json -> json + "\n";
                    default -> ApiJson.write(body) + "\n";
                };
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        if (status == HttpStatus.UNAUTHORIZED_401) {
            response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
        }
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        if (withBody) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
            response.write(true, ByteBuffer.wrap(bytes), callback);
        } else {
            response.write(true, null, callback);
        }
    }
}
