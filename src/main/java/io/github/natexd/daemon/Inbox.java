package io.github.natexd.daemon;

import io.github.natexd.linux.libc.EventFd;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Questions of other threads to the loop's thread, which owns what they are about: it answers on its next turn. While
 * nobody asks, it costs one descriptor that is never ready.
 */
final class Inbox implements AutoCloseable {
    private final EventFd news = new EventFd();
    private final Queue<Runnable> questions = new ArrayDeque<>();
    private boolean closed;

    /** The descriptor that is ready when somebody has asked. */
    int descriptor() {
        return news.descriptor();
    }

    /** Asks from any thread; the answer fails if the question does, or if the loop has ended. */
    synchronized <T> Future<T> ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        if (closed) {
            answer.completeExceptionally(new IllegalStateException("the loop has ended"));
            return answer;
        }
        questions.add(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        news.signal();
        return answer;
    }

    /** Answers what was asked; only from the loop's thread. */
    void answer() {
        if (news.drain()) {
            Runnable question = next();
            while (question != null) {
                question.run();
                question = next();
            }
        }
    }

    private synchronized Runnable next() {
        return questions.poll();
    }

    /** Answers the last questions; later ones fail. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        answer();
        news.close();
    }
}
