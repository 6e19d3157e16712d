//! What packing promises to the pages, the service worker and the server.

use super::*;

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("alongside-pack-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        Self(dir)
    }

    fn with(self, path: &str, text: &str) -> Self {
        let file = self.0.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
        self
    }

    fn page(name: &str) -> Self {
        Self::new(name)
            .with(
                "public/index.html",
                "<script src={{boot.js}}></script>{{version}} {{build}} {{style.css}}",
            )
            .with(
                "public/boot.js",
                "import init from '{{app.js}}'; init('{{app_bg.wasm}}'); const x = {{}};",
            )
            .with("public/sw.js", "const BUILD = '{{build}}', FILES = {{files}};")
            .with("public/icons/icon.svg", "<svg/>")
            .with("public/icons/plain.svg", "<svg id='plain'/>")
            .with(
                "public/manifest.webmanifest",
                "{\"icons\":[\"{{icons/icon.svg}}\"]}",
            )
            .with("style/20-b.css", "b{}")
            .with("style/10-a.css", "a{src:url({{fonts/face.woff2}})}")
            .with("modules/@fontsource-variable/face/files/face.woff2", "font")
            .with(
                "modules/@fontsource-variable/face/files/other.woff2",
                "not named, not packed",
            )
            .with(
                "out/app.js",
                "import * as x from \"./snippets/dep/inline0.js\"; a({'./snippets/dep/inline0.js': x});",
            )
            .with("out/app_bg.wasm", "\0asm")
            .with("out/snippets/dep/inline0.js", "export const x = 1;")
    }

    fn pack(&self) -> Result<Packed> {
        let program = Program {
            dir: self.0.join("out"),
            files: ["app.js", "app_bg.wasm", "snippets/dep/inline0.js"]
                .map(String::from)
                .to_vec(),
        };
        pack(&Sources {
            public: self.0.join("public"),
            style: self.0.join("style"),
            modules: vec![self.0.join("modules")],
            version: "1.2.3".to_owned(),
            programs: vec![program],
        })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Packed {
    fn text(&self, start: &str) -> &str {
        let (_, bytes) = self
            .files
            .iter()
            .find(|(path, _)| path.starts_with(start))
            .unwrap();
        std::str::from_utf8(bytes).unwrap()
    }
}

#[test]
fn every_name_in_a_page_is_that_of_a_file() {
    let packed = Scratch::page("names").pack().unwrap();
    for (path, bytes) in packed
        .files
        .iter()
        .filter(|(path, _)| TEXT.contains(&ending(path)))
    {
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(next_name(text).is_none(), "{path}: {text}");
        for address in text
            .split(['\'', '"', '(', ')', '=', '>', ' '])
            .filter(|w| w.starts_with("/assets/"))
        {
            assert!(packed.files.contains_key(&address[1..]), "{path} names {address}");
        }
    }
    assert!(packed.text("index.html").contains("1.2.3"));
    assert!(packed.text("index.html").contains(&packed.build));
    assert!(packed.text("assets/boot").ends_with("const x = {{}};"));
    let glue = packed.text("assets/app-");
    assert!(
        glue.contains("from \"/assets/inline0-") && glue.contains("{'./snippets/dep/inline0.js': x}"),
        "{glue}"
    );
}

#[test]
fn what_nobody_names_keeps_its_path_and_what_is_named_does_not() {
    let packed = Scratch::page("paths").pack().unwrap();
    assert!(
        packed.files.contains_key("icons/plain.svg") && packed.files.contains_key("manifest.webmanifest")
    );
    assert!(!packed.files.contains_key("icons/icon.svg") && !packed.files.contains_key("boot.js"));
}

#[test]
fn style_sheets_are_joined_in_the_order_of_their_names_with_the_fonts_they_name() {
    let packed = Scratch::page("style").pack().unwrap();
    let style = packed.text("assets/style-");
    assert!(
        style.starts_with("a{src:url(/assets/face-") && style.trim_end().ends_with("b{}"),
        "{style}"
    );
    assert!(!packed.files.keys().any(|path| path.contains("other")));
}

#[test]
fn the_service_worker_lists_every_file_but_itself_and_the_shell_by_its_address() {
    let packed = Scratch::page("list").pack().unwrap();
    let worker = packed.text("sw.js");
    let list = worker.split_once("FILES = ").unwrap().1.trim_end_matches(';');
    let list: Vec<String> = serde_json::from_str(list).unwrap();
    let address = |path: &String| {
        if path == "index.html" {
            "/".to_owned()
        } else {
            format!("/{path}")
        }
    };
    let mut expected: Vec<String> = packed
        .files
        .keys()
        .filter(|path| *path != "sw.js")
        .map(address)
        .collect();
    expected.sort();
    let mut listed = list;
    listed.sort();
    assert_eq!(listed, expected);
}

#[test]
fn a_change_anywhere_changes_the_build_and_no_change_does_not() {
    let build = |scratch: Scratch| scratch.pack().unwrap().build;
    let first = build(Scratch::page("build"));
    assert_eq!(build(Scratch::page("build")), first);
    for (file, text) in [
        ("out/app_bg.wasm", "\0asm2"),
        ("style/10-a.css", "a{}"),
        ("public/sw.js", "/* new */ {{files}}"),
        ("public/index.html", "{{boot.js}} another page"),
        ("public/icons/icon.svg", "<svg></svg>"),
    ] {
        assert_ne!(build(Scratch::page("build").with(file, text)), first, "{file}");
    }
}

#[test]
fn a_name_that_stands_for_nothing_is_an_error_that_says_where() {
    let error = Scratch::page("gone")
        .with("public/boot.js", "{{gone.js}}")
        .pack()
        .unwrap_err()
        .to_string();
    assert!(error.contains("boot.js names {{gone.js}}"), "{error}");
    let error = Scratch::page("font")
        .with("style/30-c.css", "{{fonts/no.woff2}}")
        .pack()
        .unwrap_err()
        .to_string();
    assert!(error.contains("no.woff2"), "{error}");
    let error = Scratch::page("loop")
        .with("public/boot.js", "{{build}}")
        .pack()
        .unwrap_err()
        .to_string();
    assert!(error.contains("boot.js names {{build}}"), "{error}");
}

#[test]
fn what_is_compressed_is_smaller_and_unpacks_to_the_same() {
    let scratch = Scratch::page("small").with("style/10-a.css", &"a{color:red}".repeat(200));
    let mut packed = scratch.pack().unwrap();
    let cache = scratch.0.join("cache");
    packed.compress(&cache).unwrap();
    let (path, (brotli, gzip)) = packed
        .compressed
        .iter()
        .find(|(p, _)| p.contains("style"))
        .unwrap();
    let plain = &packed.files[path];
    assert!(brotli.len() < plain.len() && gzip.len() < plain.len());
    let mut unpacked = Vec::new();
    brotli::BrotliDecompress(&mut brotli.as_slice(), &mut unpacked).unwrap();
    assert_eq!(&unpacked, plain);
    // A second time from what is remembered: garbage there would come through.
    let remembered = fs::read_dir(&cache).unwrap().count();
    let mut again = scratch.pack().unwrap();
    again.compress(&cache).unwrap();
    assert_eq!(again.compressed, packed.compressed);
    assert_eq!(fs::read_dir(&cache).unwrap().count(), remembered);
}
