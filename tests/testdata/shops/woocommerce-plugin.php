<?php
// Runs the plug-in with the functions of WordPress that it calls: php woocommerce-plugin.php <plug-in> <cookies as JSON>.
// Prints the tags of the page, and the order's metadata by the hook of each checkout.
define( 'ABSPATH', '/' );
define( 'ATTRIBUTION_HOST', 'https://go.shop.example' );
define( 'ATTRIBUTION_KEY', 'atr_"1"' );
$hooks = array();
function add_action( $hook, $act ) { $GLOBALS['hooks'][ $hook ] = $act; }
function home_url() { return 'https://www.shop.example/en'; }
function wp_parse_url( $url, $part ) { return parse_url( $url, $part ); }
function esc_url( $text ) { return htmlspecialchars( $text ); }
function esc_attr( $text ) { return htmlspecialchars( $text ); }
function wp_unslash( $value ) { return is_string( $value ) ? stripslashes( $value ) : $value; }
class Order {
	public $meta = array();
	public function update_meta_data( $name, $value ) { $this->meta[ $name ] = $value; }
}
$_COOKIE = json_decode( $argv[2], true );
require $argv[1];
ob_start();
$hooks['wp_head']();
$result = array( 'head' => trim( ob_get_clean() ) );
foreach ( array( 'woocommerce_checkout_create_order', 'woocommerce_store_api_checkout_update_order_meta' ) as $hook ) {
	$order = new Order();
	$hooks[ $hook ]( $order );
	$result[ $hook ] = (object) $order->meta;
}
echo json_encode( $result, JSON_UNESCAPED_SLASHES );
