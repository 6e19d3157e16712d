//! A WebSocket whose messages wait in a queue until they are asked for.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use alongside_replica::ports::Unreachable;
use js_sys::{ArrayBuffer, Promise, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{BinaryType, MessageEvent, WebSocket};

#[derive(Default)]
struct Queue {
    messages: VecDeque<Vec<u8>>,
    closed: bool,
    waiting: Option<Waker>,
}

impl Queue {
    fn wake(&mut self) {
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }
}

/// An open WebSocket. Dropping it closes it.
pub(crate) struct Socket {
    socket: WebSocket,
    queue: Rc<RefCell<Queue>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut()>,
}

impl Socket {
    /// Opens one at a path of where this page came from.
    ///
    /// # Errors
    /// [`Unreachable`].
    pub(crate) async fn open(path: &str) -> Result<Self, Unreachable> {
        let url = address(path).ok_or(Unreachable)?;
        let socket = WebSocket::new(&url).map_err(|_| Unreachable)?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let queue = Rc::new(RefCell::new(Queue::default()));
        let incoming = Rc::clone(&queue);
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Ok(buffer) = event.data().dyn_into::<ArrayBuffer>() {
                let mut queue = incoming.borrow_mut();
                queue.messages.push_back(Uint8Array::new(&buffer).to_vec());
                queue.wake();
            }
        });
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let opened = Promise::new(&mut |good, bad| {
            socket.set_onopen(Some(&good));
            socket.set_onerror(Some(&bad));
            socket.set_onclose(Some(&bad));
        });
        let opened = JsFuture::from(opened).await;
        socket.set_onopen(None);
        socket.set_onerror(None);
        let closing = Rc::clone(&queue);
        let on_close = Closure::<dyn FnMut()>::new(move || {
            let mut queue = closing.borrow_mut();
            queue.closed = true;
            queue.wake();
        });
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        let this = Self {
            socket,
            queue,
            _on_message: on_message,
            _on_close: on_close,
        };
        if opened.is_err() || this.socket.ready_state() != WebSocket::OPEN {
            return Err(Unreachable);
        }
        Ok(this)
    }
}

impl alongside_replica::ports::Socket for Socket {
    fn send(&self, message: Vec<u8>) -> Result<(), Unreachable> {
        if self.socket.ready_state() != WebSocket::OPEN {
            return Err(Unreachable);
        }
        self.socket.send_with_u8_array(&message).map_err(|_| Unreachable)
    }

    async fn receive(&self) -> Result<Vec<u8>, Unreachable> {
        poll_fn(|context| {
            let mut queue = self.queue.borrow_mut();
            if let Some(message) = queue.messages.pop_front() {
                return Poll::Ready(Ok(message));
            }
            if queue.closed {
                return Poll::Ready(Err(Unreachable));
            }
            queue.waiting = Some(context.waker().clone());
            Poll::Pending
        })
        .await
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}

fn address(path: &str) -> Option<String> {
    let location = web_sys::window()?.location();
    let scheme = if location.protocol().ok()? == "https:" {
        "wss"
    } else {
        "ws"
    };
    Some(format!("{scheme}://{}{path}", location.host().ok()?))
}
