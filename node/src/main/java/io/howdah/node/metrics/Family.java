package io.howdah.node.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.util.List;
import java.util.stream.Stream;

/// Makes the metrics of one scrape: one value each, with the labels that all of them have.
///
/// @param labels that every metric carries
record Family(Labels labels) {

    MetricSnapshot gauge(String name, String help, double value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(value).build())
                .build();
    }

    /// Exact up to 2^53, as is everything in Prometheus.
    MetricSnapshot gauge(String name, String help, long value) {
        return gauge(name, help, (double) value);
    }

    MetricSnapshot gauge(String name, String help, boolean value) {
        return gauge(name, help, value ? 1.0 : 0.0);
    }

    /// A gauge's value with one more label.
    record Figure(String label, double value) {}

    MetricSnapshot gauges(String name, String help, String label, Stream<Figure> values) {
        GaugeSnapshot.Builder builder = GaugeSnapshot.builder().name(name).help(help);
        values.forEach(each ->
                builder.dataPoint(
                        GaugeDataPointSnapshot.builder()
                                .labels(labels.merge(Labels.of(label, each.label())))
                                .value(each.value())
                                .build()));
        return builder.build();
    }

    /// A position, which Patroni declares as a counter without `_total` in its name: such a one
    /// does not exist in OpenMetrics, and the name is what dashboards rest on. So its type is left
    /// unsaid.
    MetricSnapshot position(String name, String help, double value) {
        return UnknownSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(UnknownDataPointSnapshot.builder().labels(labels).value(value).build())
                .build();
    }

    /// @param name without `_total`
    MetricSnapshot counter(String name, String help, double value) {
        return CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(CounterDataPointSnapshot.builder().labels(labels).value(value).build())
                .build();
    }

    /// @param name without `_total`
    MetricSnapshot counter(String name, String help, long value) {
        return counter(name, help, (double) value);
    }

    /// A value with one more label.
    record Labelled(String value, long number) {}

    /// @param name without `_total`
    MetricSnapshot counters(String name, String help, String label, Stream<Labelled> values) {
        CounterSnapshot.Builder builder = CounterSnapshot.builder().name(name).help(help);
        values.forEach(each ->
                builder.dataPoint(
                        CounterDataPointSnapshot.builder()
                                .labels(labels.merge(Labels.of(label, each.value())))
                                .value((double) each.number())
                                .build()));
        return builder.build();
    }

    /// Numbers by their upper bounds, one more than there are bounds.
    record Distribution(Labels more, List<Double> bounds, List<Long> numbers, double sum) {}

    MetricSnapshot histogram(String name, String help, List<Distribution> distributions) {
        HistogramSnapshot.Builder builder = HistogramSnapshot.builder().name(name).help(help);
        for (Distribution each : distributions) {
            ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
            for (int i = 0; i < each.numbers().size(); i++) {
                buckets.bucket(
                        i < each.bounds().size() ? each.bounds().get(i) : Double.POSITIVE_INFINITY,
                        each.numbers().get(i));
            }
            builder.dataPoint(
                    HistogramDataPointSnapshot.builder()
                            .labels(labels.merge(each.more()))
                            .classicHistogramBuckets(buckets.build())
                            .sum(each.sum())
                            .build());
        }
        return builder.build();
    }
}
