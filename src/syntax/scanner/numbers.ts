/** Arrays of 32-bit numbers at fixed addresses, without the checks of the language's own. */

// @ts-ignore: decorator
@inline
export function get(array: usize, index: i32): i32 {
  return load<i32>(array + (<usize>index << 2));
}

// @ts-ignore: decorator
@inline
export function set(array: usize, index: i32, value: i32): void {
  store<i32>(array + (<usize>index << 2), value);
}
