#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = (kapia_fuzz::targets::target("contract").run)(data);
});
