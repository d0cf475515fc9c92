package io.github.natexd.cli.paths;

/** Round trips, in microseconds. */
final class Times {
    private long count;
    private long last;
    private long best;
    private long worst;
    private double mean;
    /** The sum of the squared differences from the mean, kept by Welford's method. */
    private double squares;

    void add(long micros) {
        count++;
        last = micros;
        best = count == 1 ? micros : Math.min(best, micros);
        worst = Math.max(worst, micros);
        double difference = micros - mean;
        mean += difference / count;
        squares += difference * (micros - mean);
    }

    boolean isEmpty() {
        return count == 0;
    }

    long last() {
        return last;
    }

    long best() {
        return best;
    }

    long worst() {
        return worst;
    }

    long average() {
        return Math.round(mean);
    }

    /** The standard deviation of the sample; 0 for a single value. */
    long spread() {
        return count < 2 ? 0 : Math.round(Math.sqrt(squares / (count - 1)));
    }
}
