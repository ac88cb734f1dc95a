package io.howdah.node.metrics;

import io.howdah.node.api.MetricsPage;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Writes scrapes down, in OpenMetrics for whoever asks for it, else in Prometheus' text format.
/// Remembers changes of the primary from scrape to scrape. Thread-safe.
public final class MetricsText {

    private static final String OPEN_METRICS = "application/openmetrics-text";

    private final ChangeCounts changes = new ChangeCounts();

    /// Nothing was scraped yet.
    public MetricsText() {}

    /// The page for one scrape.
    ///
    /// @param accept the header of that name; empty when there is none
    public MetricsPage page(Scrape scrape, String accept) {
        List<MetricSnapshot> all = new ArrayList<>(PatroniMetrics.of(scrape));
        all.addAll(HowdahMetrics.of(scrape, changes.with(scrape.state().history())));
        all.addAll(HowdahMetrics.of(scrape.process()));
        ExpositionFormatWriter writer =
                prefersOpenMetrics(accept)
                        ? OpenMetricsTextFormatWriter.create()
                        : PrometheusTextFormatWriter.create();
        var bytes = new ByteArrayOutputStream(16 << 10);
        try {
            writer.write(bytes, new MetricSnapshots(all));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new MetricsPage(writer.getContentType(), bytes.toString(StandardCharsets.UTF_8));
    }

    /// Prometheus lists what it takes by preference and weighs the rest with `q`; whoever names
    /// OpenMetrics without refusing it (`q=0`) understands it.
    static boolean prefersOpenMetrics(String accept) {
        for (String range : accept.toLowerCase(Locale.ROOT).split(",")) {
            String[] parts = range.split(";");
            if (parts[0].strip().equals(OPEN_METRICS)) {
                for (int i = 1; i < parts.length; i++) {
                    if (parts[i].strip().matches("q=0(\\.0*)?")) {
                        return false;
                    }
                }
                return true;
            }
        }
        return false;
    }
}
