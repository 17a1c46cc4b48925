/** Counters and gauges in Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats/ */

type Labels = Readonly<Record<string, string>>;

interface Metric {
    readonly type: "counter" | "gauge";
    readonly help: string;
    /** Values by their labels, as they are written. */
    readonly values: Map<string, number>;
}

export class Metrics {
    private readonly metrics = new Map<string, Metric>();

    /** Adds one to a counter. */
    count(name: string, help: string, labels: Labels = {}): void {
        const { values } = this.metric(name, "counter", help);
        const key = written(labels);
        values.set(key, (values.get(key) ?? 0) + 1);
    }

    /** Sets a gauge. */
    set(name: string, help: string, value: number, labels: Labels = {}): void {
        this.metric(name, "gauge", help).values.set(written(labels), value);
    }

    text(): string {
        return [...this.metrics]
            .map(([name, { type, help, values }]) =>
                [
                    `# HELP ${name} ${help}`,
                    `# TYPE ${name} ${type}`,
                    ...[...values].map(([labels, value]) => `${name}${labels} ${value}`),
                    "",
                ].join("\n"),
            )
            .join("");
    }

    private metric(name: string, type: Metric["type"], help: string): Metric {
        const found = this.metrics.get(name) ?? { type, help, values: new Map<string, number>() };
        this.metrics.set(name, found);
        return found;
    }
}

function written(labels: Labels): string {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, "_")}"`);
    return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
