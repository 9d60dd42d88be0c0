//! Threads that end, with their work done, when what stands for them is dropped.

use std::io;
use std::sync::mpsc::{self as signal, RecvTimeoutError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use tokio::sync::mpsc;

/// A thread that works through what is sent to it. Dropping this waits until all that was sent is done.
#[derive(Debug)]
pub struct Queue<T> {
    // Fields are dropped in this order: the thread ends when its sender is gone.
    sender: mpsc::Sender<T>,
    _thread: Joined,
}

/// The thread of a [`Queue`] is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueClosed;

impl<T: Send + 'static> Queue<T> {
    /// Starts the thread; at most `length` items wait before the next one waits to be allowed to wait.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn start(name: &str, length: usize, body: impl FnOnce(mpsc::Receiver<T>) + Send + 'static) -> io::Result<Self> {
        let (sender, items) = mpsc::channel(length.max(1));
        Ok(Self { sender, _thread: Joined::start(name, move || body(items))? })
    }

    /// Sends an item; waits while too many do.
    ///
    /// # Errors
    /// [`QueueClosed`] if the thread has ended, which only a panic makes it do.
    pub async fn send(&self, item: T) -> Result<(), QueueClosed> {
        self.sender.send(item).await.map_err(|_| QueueClosed)
    }

    /// Sends an item if there is room now; whether it was sent.
    pub fn try_send(&self, item: T) -> bool {
        self.sender.try_send(item).is_ok()
    }

    /// How many items wait now.
    pub fn waiting(&self) -> usize {
        self.sender.max_capacity() - self.sender.capacity()
    }
}

/// A thread that does something again and again. Dropping this ends it.
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct Periodic {
    // Fields are dropped in this order: the thread ends when its sender is gone.
    _stop: signal::Sender<()>,
    _thread: Joined,
}

impl Periodic {
    /// Starts the thread; it does its work for the first time after one period.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn start(name: &str, every: Duration, mut work: impl FnMut() + Send + 'static) -> io::Result<Self> {
        let (stop, stopped) = signal::channel();
        let body = move || {
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                work();
            }
        };
        Ok(Self { _stop: stop, _thread: Joined::start(name, body)? })
    }
}

#[derive(Debug)]
struct Joined(Option<JoinHandle<()>>);

impl Joined {
    fn start(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        Builder::new().name(name.to_owned()).spawn(body).map(|thread| Self(Some(thread)))
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            // A thread that panicked has nothing more to say than its panic already did.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn everything_that_was_sent_is_done_when_the_queue_is_gone() {
        let done = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&done);
        let queue = Queue::start("test", 2, move |mut items: mpsc::Receiver<usize>| {
            while let Some(item) = items.blocking_recv() {
                std::thread::sleep(Duration::from_millis(1));
                counted.fetch_add(item, Ordering::Relaxed);
            }
        })
        .unwrap();
        for _ in 0..50 {
            queue.send(1).await.unwrap();
            assert!(queue.waiting() <= 2);
        }
        drop(queue);
        assert_eq!(done.load(Ordering::Relaxed), 50);
    }

    #[tokio::test]
    async fn a_full_queue_takes_nothing_that_does_not_wait() {
        let (go, may_go) = signal::channel::<()>();
        let queue = Queue::start("test", 1, move |mut items: mpsc::Receiver<()>| {
            let _ = may_go.recv();
            while items.blocking_recv().is_some() {}
        })
        .unwrap();
        assert!(queue.try_send(()));
        assert_eq!((queue.try_send(()), queue.waiting()), (false, 1));
        drop(go);
    }

    #[tokio::test]
    async fn a_queue_whose_thread_is_gone_says_so() {
        let queue = Queue::start("test", 1, |items: mpsc::Receiver<()>| {
            drop(items);
        })
        .unwrap();
        while queue.try_send(()) {
            std::thread::yield_now();
        }
        assert_eq!(queue.send(()).await, Err(QueueClosed));
    }

    #[test]
    fn a_periodic_thread_works_until_it_is_dropped_and_no_longer() {
        let (tell, told) = signal::channel();
        let periodic = Periodic::start("test", Duration::from_millis(1), move || {
            let _ = tell.send(());
        })
        .unwrap();
        told.recv().unwrap();
        told.recv().unwrap();
        drop(periodic);
        while told.try_recv().is_ok() {}
        assert_eq!(told.try_recv(), Err(signal::TryRecvError::Disconnected));
    }
}
