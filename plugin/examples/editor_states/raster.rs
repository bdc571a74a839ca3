//! Paints egui's triangles into memory, in the gamma space that egui's own painters blend in.

use egui::epaint::{ImageData, Primitive, Vertex};
use egui::{ClippedPrimitive, Color32, TextureId, TexturesDelta};
use std::collections::HashMap;

/// A picture, and the textures that its triangles use.
pub(crate) struct Canvas {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pixels: Vec<[f32; 4]>,
    textures: HashMap<TextureId, Texture>,
}

struct Texture {
    width: usize,
    height: usize,
    pixels: Vec<Color32>,
}

impl Texture {
    fn texel(&self, x: isize, y: isize) -> [f32; 4] {
        let x = x.clamp(0, self.width as isize - 1) as usize;
        let y = y.clamp(0, self.height as isize - 1) as usize;
        self.pixels[y * self.width + x].to_array().map(|v| f32::from(v) / 255.0)
    }

    /// Puts a patch of `width` over what is there.
    fn put(&mut self, [left, top]: [usize; 2], width: usize, patch: &[Color32]) {
        for (row, line) in patch.chunks(width).enumerate() {
            let start = (top + row) * self.width + left;
            self.pixels[start..start + width].copy_from_slice(line);
        }
    }

    /// Bilinear, as the OpenGL painter has it.
    fn sample(&self, u: f32, v: f32) -> [f32; 4] {
        let (x, y) = (u * self.width as f32 - 0.5, v * self.height as f32 - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        let at = |dx: isize, dy: isize| self.texel(left as isize + dx, top as isize + dy);
        let (a, b, c, d) = (at(0, 0), at(1, 0), at(0, 1), at(1, 1));
        std::array::from_fn(|i| {
            let upper = a[i] + (b[i] - a[i]) * fx;
            let lower = c[i] + (d[i] - c[i]) * fx;
            upper + (lower - upper) * fy
        })
    }
}

impl Canvas {
    /// A black picture.
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![[0.0, 0.0, 0.0, 1.0]; width * height], textures: HashMap::new() }
    }

    /// Takes new and changed textures.
    pub(crate) fn take_textures(&mut self, delta: &TexturesDelta) {
        let patches =
            delta.set.iter().flat_map(|(id, patches)| patches.iter().map(move |patch| (*id, patch)));
        for (id, patch) in patches {
            let ImageData::Color(image) = &patch.image;
            let [width, height] = image.size;
            match (patch.pos, self.textures.get_mut(&id)) {
                (Some(place), Some(texture)) => texture.put(place, width, &image.pixels),
                _ => {
                    self.textures.insert(id, Texture { width, height, pixels: image.pixels.clone() });
                }
            }
        }
    }

    /// Paints a frame over what is there.
    pub(crate) fn paint(&mut self, primitives: &[ClippedPrimitive], pixels_per_point: f32) {
        for ClippedPrimitive { clip_rect, primitive } in primitives {
            let Primitive::Mesh(mesh) = primitive else { continue };
            let Some(texture) = self.textures.get(&mesh.texture_id) else { continue };
            let edge = |v: f32, most: usize| ((v * pixels_per_point).round().max(0.0) as usize).min(most);
            let clip = [
                edge(clip_rect.left(), self.width),
                edge(clip_rect.top(), self.height),
                edge(clip_rect.right(), self.width),
                edge(clip_rect.bottom(), self.height),
            ];
            for corner in mesh.indices.chunks_exact(3) {
                let corners = [corner[0], corner[1], corner[2]].map(|i| mesh.vertices[i as usize]);
                triangle(&mut self.pixels, self.width, clip, &corners, pixels_per_point, texture);
            }
        }
    }

    /// The picture in 8 bits a channel, opaque.
    pub(crate) fn rgba(&self) -> Vec<u8> {
        let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0).round() as u8;
        self.pixels.iter().flat_map(|p| [byte(p[0]), byte(p[1]), byte(p[2]), 255]).collect()
    }
}

fn triangle(
    pixels: &mut [[f32; 4]],
    width: usize,
    [left, top, right, bottom]: [usize; 4],
    corners: &[Vertex; 3],
    scale: f32,
    texture: &Texture,
) {
    let at = corners.map(|corner| (corner.pos.x * scale, corner.pos.y * scale));
    let cross =
        |a: (f32, f32), b: (f32, f32), p: (f32, f32)| (b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0);
    let area = cross(at[0], at[1], at[2]);
    if area == 0.0 || !area.is_finite() {
        return;
    }
    let bound = |pick: fn(&(f32, f32)) -> f32, low: usize, high: usize| {
        let values = at.iter().map(pick);
        let from = values.clone().fold(f32::INFINITY, f32::min).floor().max(low as f32) as usize;
        let to = values.fold(f32::NEG_INFINITY, f32::max).ceil().clamp(low as f32, high as f32) as usize;
        from..to
    };
    for y in bound(|p| p.1, top, bottom) {
        for x in bound(|p| p.0, left, right) {
            let p = (x as f32 + 0.5, y as f32 + 0.5);
            let weights =
                [cross(at[1], at[2], p) / area, cross(at[2], at[0], p) / area, cross(at[0], at[1], p) / area];
            // Of two triangles that share an edge, only one takes the pixels on it.
            let edges = [(at[1], at[2]), (at[2], at[0]), (at[0], at[1])];
            let inside = weights.iter().zip(edges).all(|(weight, (a, b))| {
                let (dx, dy) = ((b.0 - a.0) * area.signum(), (b.1 - a.1) * area.signum());
                *weight > 0.0 || (*weight == 0.0 && (dy < 0.0 || (dy == 0.0 && dx > 0.0)))
            });
            if inside {
                blend(&mut pixels[y * width + x], corners, weights, texture);
            }
        }
    }
}

fn blend(pixel: &mut [f32; 4], corners: &[Vertex; 3], weights: [f32; 3], texture: &Texture) {
    let mixed =
        |pick: &dyn Fn(&Vertex) -> f32| corners.iter().zip(weights).map(|(c, w)| pick(c) * w).sum::<f32>();
    let texel = texture.sample(mixed(&|c| c.uv.x), mixed(&|c| c.uv.y));
    let source: [f32; 4] =
        std::array::from_fn(|i| texel[i] * mixed(&|c| f32::from(c.color.to_array()[i]) / 255.0));
    for i in 0..4 {
        pixel[i] = source[i] + pixel[i] * (1.0 - source[3]);
    }
}
