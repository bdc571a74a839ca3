//! An X11 window for a plug-in's editor, and pictures of it.
//!
//! The display is that of `DISPLAY`; tests start an X server without a screen ([`Server`]).

use crate::clap_host::HostFailure;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use tiny_skia::{Color, Pixmap, PremultipliedColorU8};
use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConfigureWindowAux, ConnectionExt, CreateWindowAux};
use x11rb::protocol::xproto::{EventMask, ImageFormat, KeyButMask, KeyPressEvent, Window, WindowClass};
use x11rb::protocol::xproto::{KEY_PRESS_EVENT, KEY_RELEASE_EVENT};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// An X server without a screen. It ends with this value.
pub struct Server {
    process: Child,
    /// What `DISPLAY` must say.
    pub display: String,
}

impl Server {
    /// Starts Xvfb on a free display.
    pub fn start() -> Result<Self, std::io::Error> {
        // Without `-noreset` the server starts anew, deaf for a moment, whenever its last window goes.
        let arguments = ["-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"];
        let mut process =
            Command::new("Xvfb").args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut number = String::new();
        if let Some(pipe) = process.stdout.take() {
            BufReader::new(pipe).read_line(&mut number)?;
        }
        Ok(Self { process, display: format!(":{}", number.trim()) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A window that an editor is put into.
pub struct Frame {
    connection: RustConnection,
    window: Window,
    width: u16,
    height: u16,
}

impl Frame {
    /// Opens a window of this size in pixels and shows it.
    pub fn open(width: u16, height: u16) -> Result<Self, HostFailure> {
        let failed = |_| HostFailure::Refused("the X server refused a window");
        let (connection, number) =
            x11rb::connect(None).map_err(|_| HostFailure::Refused("there is no X server: set DISPLAY"))?;
        let screen = &connection.setup().roots[number];
        let (root, visual) = (screen.root, screen.root_visual);
        let window =
            connection.generate_id().map_err(|_| HostFailure::Refused("the X server is out of ids"))?;
        let values = CreateWindowAux::new().event_mask(EventMask::STRUCTURE_NOTIFY).background_pixel(0);
        connection
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                window,
                root,
                0,
                0,
                width,
                height,
                0,
                WindowClass::INPUT_OUTPUT,
                visual,
                &values,
            )
            .map_err(failed)?;
        connection.map_window(window).map_err(failed)?;
        connection.sync().map_err(|_| HostFailure::Refused("the X server went away"))?;
        Ok(Self { connection, window, width, height })
    }

    /// The window's number.
    pub fn window(&self) -> u32 {
        self.window
    }

    /// Gives the window another size in pixels.
    pub fn resize(&mut self, width: u16, height: u16) -> Result<(), HostFailure> {
        let failed = |_| HostFailure::Refused("the X server would not resize the window");
        let size = ConfigureWindowAux::new().width(u32::from(width)).height(u32::from(height));
        self.connection.configure_window(self.window, &size).map_err(failed)?;
        self.connection.sync().map_err(|_| HostFailure::Refused("the X server went away"))?;
        (self.width, self.height) = (width, height);
        Ok(())
    }

    /// Presses a key, by the number that X gives it, with Control held, in the window that a plug-in has put into this
    /// one. Whether there is one.
    pub fn press_control(&self, key: u8) -> Result<bool, HostFailure> {
        let failed = |_| HostFailure::Refused("the X server took no key");
        let tree = self.connection.query_tree(self.window).map_err(failed)?.reply();
        let tree = tree.map_err(|_| HostFailure::Refused("the window could not be looked into"))?;
        let Some(&inner) = tree.children.first() else { return Ok(false) };
        for kind in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
            let event = KeyPressEvent {
                response_type: kind,
                detail: key,
                sequence: 0,
                time: x11rb::CURRENT_TIME,
                root: tree.root,
                event: inner,
                child: x11rb::NONE,
                root_x: 0,
                root_y: 0,
                event_x: 0,
                event_y: 0,
                state: KeyButMask::CONTROL,
                same_screen: true,
            };
            // To whoever listens there, whatever has the focus.
            self.connection.send_event(false, inner, EventMask::NO_EVENT, event).map_err(failed)?;
        }
        self.connection.sync().map_err(|_| HostFailure::Refused("the X server went away"))?;
        Ok(true)
    }

    /// What the window shows, with everything inside it.
    pub fn picture(&self) -> Result<Picture, HostFailure> {
        let failed = HostFailure::Refused("the window could not be read");
        let everything = !0;
        let request = self.connection.get_image(
            ImageFormat::Z_PIXMAP,
            self.window,
            0,
            0,
            self.width,
            self.height,
            everything,
        );
        let reply = request.ok().and_then(|cookie| cookie.reply().ok()).ok_or(failed)?;
        // A server of 24 bits gives four bytes a pixel: blue, green, red and nothing.
        let colours = reply.data.chunks_exact(4).map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
        Ok(Picture { width: self.width.into(), height: self.height.into(), pixels: colours })
    }
}

/// What a window showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Red, green and blue, row by row.
    pub pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// How many colours there are.
    pub fn colours(&self) -> usize {
        let mut sorted = self.pixels.clone();
        sorted.sort_unstable();
        sorted.dedup();
        sorted.len()
    }

    /// The share of the most frequent colour, in [0, 1].
    pub fn share_of_commonest(&self) -> f64 {
        let mut sorted = self.pixels.clone();
        sorted.sort_unstable();
        let longest = sorted.chunk_by(|a, b| a == b).map(<[_]>::len).max().unwrap_or(0);
        longest as f64 / self.pixels.len().max(1) as f64
    }

    /// The picture as a PNG; none where it has no size.
    pub fn to_png(&self) -> Option<Vec<u8>> {
        let mut pixmap = Pixmap::new(self.width, self.height)?;
        pixmap.fill(Color::BLACK);
        for (to, [red, green, blue]) in pixmap.pixels_mut().iter_mut().zip(&self.pixels) {
            *to = PremultipliedColorU8::from_rgba(*red, *green, *blue, 255).unwrap_or(*to);
        }
        pixmap.encode_png().ok()
    }
}
